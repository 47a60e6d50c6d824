"""Equalities from gradients and Hessians of losses: `python benchmarks/equality.py`.

A claim says that a formula, or its derivative by SymPy, equals another formula, both as SymPy expressions. Nearly half
of them are true, the others are near misses, and mistakes from public projects. A method answers yes, no or nothing.
Variables with finitely many values are tried one value after the other, for all methods but derive, which is given the
domain. Times are processor time from the two SymPy expressions to the answer, with an empty cache; a call that takes
longer than the limit counts as no answer. A peer that is not installed is left out, and said to be.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import os
import resource
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import sympy as sp
from fuzzing.judge import look, places
from sympy.core.cache import clear_cache

from derive.domain import Domain
from derive.prove import prove
from derive.terms.bridge import from_sympy, to_sympy
from derive.terms.term import walk
from derive.terms.text import parse_formula

DATA = Path(__file__).parent / "data" / "equalities.json"
_SLOW = 0.1  # seconds: what takes longer is not run again
_MEMORY = 8 << 30  # some methods would take all there is
Answer = bool | None
Method = Callable[[Any, Any], Answer]
Told = tuple[Answer, float, str]
How = Callable[[Method, list[tuple[Any, Any]], float], Told]


class TooLong(Exception):
    """The call takes longer than the limit."""


def _stop(*_: object) -> None:
    raise TooLong


# -- claims


def symbols(domain: dict[str, str]) -> dict[str, sp.Symbol]:
    """SymPy's symbols, with the assumptions that say most of the domain."""
    out = {}
    for names, text in domain.items():
        for name in names.split(", "):
            out[name] = sp.Symbol(name, **_assumptions(text))
    return out


def _assumptions(text: str) -> dict[str, bool]:
    if ".." in text:
        return {"integer": True, "nonnegative": True}
    if text == "one-hot" or text.startswith("{"):
        return {"integer": True}
    low = text.strip("[(").split(",")[0]
    sign = "positive" if text.startswith("(0") or (text[0] in "[(" and sp.Rational(low) > 0) else ""
    words = [w for w in (*text.split(), sign) if w in ("positive", "nonnegative", "integer", "real")]
    return dict.fromkeys(words, True) or {"real": True}


def sides(claim: dict[str, Any]) -> tuple[Any, Any]:
    """The two SymPy expressions."""
    terms = [parse_formula(claim[side]) for side in ("left", "right")]
    arrays = {t.name for term in terms for t in walk(term) if t.head == "at"}
    known: dict[str, Any] = {name: s for name, s in symbols(claim["domain"]).items() if name not in arrays}
    known |= {name: sp.IndexedBase(name, **_assumptions(claim["domain"].get(name, "real"))) for name in sorted(arrays)}
    left, right = (to_sympy(term, known) for term in terms)
    return (sp.diff(left, known[claim["diff"]]) if "diff" in claim else left), right


def label(claim: dict[str, Any], points: int = 100) -> bool:
    """Is the claim true, as far as mpmath sees?"""
    terms = tuple(map(from_sympy, sides(claim)))
    return not look(*terms, places(terms, Domain.of(claim["domain"]), 1, points)).differs


# -- methods


def cases(claim: dict[str, Any], left: Any, right: Any) -> Iterator[tuple[Any, Any]]:
    """Both sides at each combination of the finite values, else as they are."""
    known = symbols(claim["domain"])
    sets: list[list[dict[Any, int]]] = []
    for names, text in claim["domain"].items():
        group = [known[name] for name in names.split(", ")]
        if text == "one-hot":
            sets.append([{v: int(v == one) for v in group} for one in group])
        elif text.startswith("{"):
            sets.append([{group[0]: sp.Rational(v)} for v in text.strip("{}").split(",")])
    for chosen in itertools.product(*sets):
        put = {k: v for part in chosen for k, v in part.items()}
        yield left.subs(put), right.subs(put)


def _zero(e: Any) -> Answer:
    return True if e == 0 else False if e.is_number and e.is_nonzero else None


def _symengine(a: Any, b: Any) -> Answer:
    import symengine

    return _zero(sp.sympify(symengine.expand(symengine.sympify(a - b))))


def _tensorgrad(a: Any, b: Any) -> Answer:
    from tensors import equal

    return equal(a, b)


def _derive(claim: dict[str, Any]) -> Method:
    def decide(a: Any, b: Any) -> Answer:
        return {"proved": True, "refuted": False}.get(prove(a, b, claim["domain"]).status)

    return decide


METHODS: dict[str, Method] = {
    "simplify(a - b) == 0": lambda a, b: _zero(sp.simplify(a - b)),
    "a.equals(b)": lambda a, b: a.equals(b),
    "cancel(rewrite(exp))": lambda a, b: _zero(sp.cancel((a - b).rewrite(sp.exp))),
    "symengine expand": _symengine,
    "tensorgrad equal_szfp": _tensorgrad,
}
_APART = {"a.equals(b)"}  # its process has ended with a signal: it gets one for each claim
_NEEDS = {"symengine expand": "symengine", "tensorgrad equal_szfp": "tensorgrad"}


def available() -> list[str]:
    """The methods whose libraries are installed; what is missing is named."""
    missing = {name: lib for name, lib in _NEEDS.items() if importlib.util.find_spec(lib) is None}
    for name, lib in missing.items():
        print(f"left out: {name}, as {lib} is not installed", file=sys.stderr)
    return ["derive", *(name for name in METHODS if name not in missing)]


def _empty_caches() -> None:
    """Nothing is known from before: neither to SymPy nor to derive."""
    clear_cache()
    for name, module in list(sys.modules.items()):
        if name.startswith("derive."):
            for found in vars(module).values():
                if hasattr(found, "cache_clear"):
                    found.cache_clear()


def least(how: How, method: Method, pairs: list[tuple[Any, Any]], limit: float, runs: int) -> Told:
    """The least time of several runs, as what other programs do to a run only adds to it; what is slow runs once."""
    told = how(method, pairs, limit)
    for _ in range(runs - 1):
        if told[1] > _SLOW:
            break
        told = min(told, how(method, pairs, limit), key=lambda t: t[1])
    return told


def answer(method: Method, pairs: list[tuple[Any, Any]], limit: float) -> Told:
    """The common answer for all cases, the time, and why there is none."""
    _empty_caches()
    start, why = time.thread_time(), ""  # while a timer of the process runs, the time of the process is that of ticks
    signal.setitimer(signal.ITIMER_PROF, limit)
    found: Answer = True
    try:
        for a, b in pairs:
            found = method(a, b)
            if found is not True:
                break
    except TooLong:
        found, why = None, "too long"
    except Exception as e:  # noqa: BLE001  (a method that raises has no answer)
        found, why = None, f"{type(e).__name__}: {e}"[:200]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return found, time.thread_time() - start, why


def apart(method: Method, pairs: list[tuple[Any, Any]], limit: float) -> Told:
    """As `answer`, in a process of its own: one that ends without a word has no answer."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        said = answer(method, pairs, limit)
        os.write(writing, json.dumps(said).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, status, used = os.wait4(child, 0)
    if not text:
        return None, used.ru_utime + used.ru_stime, f"the process ended with status {status}"
    found, seconds, why = json.loads(text)
    return found, seconds, why


def compare(claims: list[dict[str, Any]], names: list[str], limit: float, runs: int = 1) -> list[dict[str, Any]]:
    """Every method on every claim."""
    signal.signal(signal.SIGPROF, _stop)
    rows = []
    for claim in claims:
        left, right = sides(claim)
        split = list(cases(claim, left, right))
        for name in names:
            own = name == "derive"
            method = _derive(claim) if own else METHODS[name]
            how = apart if name in _APART else answer
            found, seconds, why = least(how, method, [(left, right)] if own else split, limit, runs)
            rows.append({
                "id": claim["id"],
                "method": name,
                "true": claim["true"],
                "answer": found,
                "seconds": seconds,
                "why": why,
            })
    return rows


# -- report


def summary(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """Right, wrong and undecided on each half, and the times."""
    mine = [r for r in rows if r["method"] == name]
    times = sorted(r["seconds"] * 1e3 for r in mine)
    out: dict[str, Any] = {"method": name}
    for half, want in (("true", True), ("false", False)):
        answers = [r["answer"] for r in mine if r["true"] is want]
        out[half] = {
            "right": answers.count(want),
            "wrong": answers.count(not want),
            "undecided": answers.count(None),
        }
    p99 = times[int(0.99 * (len(times) - 1))]
    return out | {
        "median ms": round(statistics.median(times), 2),
        "p99 ms": round(p99, 1),
        "worst ms": round(times[-1], 1),
    }


def table(summaries: list[dict[str, Any]]) -> str:
    """Markdown."""
    out = ["| method | true: right/wrong/undecided | false: right/wrong/undecided | median ms | p99 ms | worst ms |"]
    out.append("|---|---|---|---|---|---|")
    for s in summaries:
        halves = ["/".join(str(v) for v in s[half].values()) for half in ("true", "false")]
        out.append(f"| {s['method']} | {' | '.join(halves)} | {s['median ms']} | {s['p99 ms']} | {s['worst ms']} |")
    return "\n".join(out)


def main() -> int:
    """Run, print the table and what derive leaves open; exit 1 where derive is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, default=10.0, help="seconds for one call")
    parser.add_argument("--runs", type=int, default=1, help="of each call, of which the least time counts")
    parser.add_argument("--only", action="append", help="a method; repeat for several")
    parser.add_argument("--every", type=int, default=1, help="use each n-th claim")
    parser.add_argument("--check", action="store_true", help="check the labels by mpmath instead")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    claims = json.loads(DATA.read_text(encoding="utf-8"))[:: args.every]
    if args.check:
        bad = [c["id"] for c in claims if label(c) != c["true"]]
        print(f"{len(claims)} labels, wrong: {bad}")
        return bool(bad)
    names = args.only or available()
    compare(claims[:3], names, args.limit)  # warm
    rows = compare(claims, names, args.limit, args.runs)
    summaries = [summary(rows, name) for name in names]
    true = sum(c["true"] for c in claims)
    print(f"{true} true and {len(claims) - true} false claims\n\n{table(summaries)}")
    own = [r for r in rows if r["method"] == "derive"]
    for r in own:
        if r["answer"] is not r["true"]:
            print(f"{'undecided' if r['answer'] is None else 'WRONG'}: {r['id']} {r['why']}")
    if args.json:
        args.json.write_text(json.dumps({"summary": summaries, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    return any(r["answer"] is (not r["true"]) for r in own)


if __name__ == "__main__":
    sys.exit(main())
