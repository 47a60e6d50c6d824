"""Claims as people make them in machine learning and statistics: `python benchmarks/ordinary.py`.

Each claim says that the derivative of a loss with sums of any length by an entry of its parameters is a formula, that
two statistics are the same, or that a quadratic form has a sign. More than half of them are true, the others near
misses: a sign, a factor, a term of the chain rule, an index, a transposed matrix, the case i = j, the end of a range.
The answer is yes, no or nothing. Times are processor time from the two texts to the answer, with empty caches.
`--check` evaluates both sides without derive, at small sizes. `--replay` gives the proofs to the small checker instead:
how many it confirms alone; and whether it takes any proof of a family for one of a false claim of the family.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from equality import TooLong, answer, least
from plainly import label

from derive.certificate import Proved
from derive.domain import Domain
from derive.errors import CertificateError
from derive.prove import prove, prove_nonnegative, prove_terms
from derive.recheck import recheck
from derive.replay import not_rechecked
from derive.terms.json import Json
from derive.terms.term import Term
from derive.terms.text import parse_formula

DATA = Path(__file__).parent / "data" / "ordinary.json"
_YES = {"proved": True, "refuted": False}
_POINTS = 4  # for each combination of sizes
_MANY = 100  # that is negative somewhere may be seen at few points only


def ask(claim: dict[str, Any]) -> tuple[bool | None, str]:
    """What derive says to a claim, and why it says nothing."""
    if claim["kind"] == "equal":
        verdict = prove(claim["left"], claim["right"], claim["domain"])
    else:
        verdict = prove_nonnegative(claim["left"], claim["domain"], strict=claim["kind"] == "positive")
    return _YES.get(verdict.status), getattr(verdict, "reason", "")


def timed(claim: dict[str, Any], limit: float, runs: int) -> dict[str, Any]:
    """The claim with the answer, why there is none, and the processor time in seconds."""
    reasons: list[str] = []

    def method(_: Any, __: Any) -> bool | None:
        found, why = ask(claim)
        reasons.append(why)
        return found

    found, seconds, why = least(answer, method, [(None, None)], limit, runs)
    return {**claim, "answer": found, "seconds": seconds, "why": why or "".join(reasons[-1:])}


def checked(claim: dict[str, Any]) -> bool:
    """Does an evaluation that knows nothing of derive give the label?"""
    return label(claim, _POINTS if claim["true"] or claim["kind"] == "equal" else _MANY) is claim["true"]


# -- replay


def replayed(claims: list[dict[str, Any]]) -> int:
    """Print how many proofs are confirmed by the small checker alone, and which forged ones; how many of these."""
    proofs: dict[str, list[Json]] = {}
    why: Counter[str] = Counter()
    for c in claims:
        family = proofs.setdefault(c["family"], [{"zero": True}])
        found = prove_terms(*_terms(c)) if c["true"] and c["kind"] == "equal" else None
        if isinstance(found, Proved):
            why["" if not_rechecked(found, *_terms(c)) is None else "by the prover"] += 1
            family += [found.proof] if found.proof not in family else []
    print(f"{why['']} of {why.total()} proofs are confirmed by the small checker alone")
    wrong = [c for c in claims if c["kind"] == "equal" and not c["true"]]
    forged = [(c["id"], p) for c in wrong for p in proofs[c["family"]] if _confirmed(c, p)]
    print(f"{sum(len(proofs[c['family']]) for c in wrong)} forged proofs of false claims, confirmed: {forged}")
    return len(forged)


def _terms(claim: dict[str, Any]) -> tuple[Term, Term, Domain]:
    return parse_formula(claim["left"]), parse_formula(claim["right"]), Domain.of(claim["domain"])


def _confirmed(claim: dict[str, Any], proof: Json) -> bool:
    try:
        recheck(*_terms(claim), proof)
    except CertificateError:
        return False
    return True


# -- report


def row(name: str, rows: list[dict[str, Any]]) -> str:
    """One line of the table."""
    cells = [name]
    for want in (True, False):
        answers = [r["answer"] for r in rows if r["true"] is want]
        cells.append("/".join(str(answers.count(v)) for v in (want, not want, None)) if answers else "")
    times = sorted(r["seconds"] * 1e3 for r in rows)
    cells += [f"{t:,.0f}" for t in (statistics.median(times), times[int(0.9 * (len(times) - 1))], times[-1])]
    return f"| {' | '.join(cells)} |"


def table(rows: list[dict[str, Any]]) -> str:
    """Markdown: a line for each family, and one for all."""
    head = ["family", *(f"{h}: right/wrong/undecided" for h in ("true", "false")), "median ms", "p90 ms", "worst ms"]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for family in dict.fromkeys(r["family"] for r in rows):
        lines.append(row(family, [r for r in rows if r["family"] == family]))
    return "\n".join([*lines, row("all", rows)])


def _stop(*_: object) -> None:
    raise TooLong


def _read(only: list[str] | None, every: int) -> list[dict[str, Any]]:
    claims = json.loads(DATA.read_text(encoding="utf-8"))
    return [c for c in claims if not only or any(part in c["id"] for part in only)][::every]


def main() -> int:
    """Run, print the table and what is open; exit 1 where an answer is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, default=10.0, help="seconds for one call")
    parser.add_argument("--runs", type=int, default=1, help="of each call, of which the least time counts")
    parser.add_argument("--only", action="append", help="claims with this in their name; repeat for several")
    parser.add_argument("--every", type=int, default=1, help="use each n-th claim")
    parser.add_argument("--check", action="store_true", help="check the labels by mpmath instead")
    parser.add_argument("--replay", action="store_true", help="check the proofs, and forged ones, instead")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    claims = _read(args.only, args.every)
    if args.check:
        bad = [c["id"] for c in claims if not checked(c)]
        print(f"{len(claims)} labels, wrong: {bad}")
        return bool(bad)
    if args.replay:
        return bool(replayed(claims))
    signal.signal(signal.SIGPROF, _stop)
    for claim in claims[:3]:  # warm
        timed(claim, args.limit, 1)
    rows = [timed(claim, args.limit, args.runs) for claim in claims]
    true = sum(c["true"] for c in claims)
    print(f"{true} true and {len(claims) - true} false claims\n\n{table(rows)}")
    for r in rows:
        if r["answer"] is not r["true"]:
            print(f"{'undecided' if r['answer'] is None else 'WRONG'}: {r['id']}: {r['why']}")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return any(r["answer"] is (not r["true"]) for r in rows)


if __name__ == "__main__":
    sys.exit(main())
