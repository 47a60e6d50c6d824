"""Check a certificate from the file alone: no loss, no rule, no author, no SymPy.

The recorded proof of every equality is checked by `recheck`, which is small and searches for nothing. Where it does not
know enough, and for what was refuted or left unknown, the prover decides again; then the answer must come out as it is
recorded. That the named rule gives the step cannot be checked without rules, and the numbers cannot be compared again
without the loss: the report says so. Whoever edits a file can compute a new digest, but not a false proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from derive.certificate import (
    Certificate,
    Check,
    CheckedDerivation,
    CheckedStatement,
    Condition,
    Proved,
    Refuted,
    Status,
    Unknown,
    Verdict,
)
from derive.certificate_json import loads
from derive.claim import NOT_AS_A_WHOLE, as_wholes, check_chain, equality
from derive.domain import Domain
from derive.errors import CertificateError, DerivationError, DomainError, TermError
from derive.recheck import recheck, recheck_sign
from derive.render._names import names_alike
from derive.terms.json import Json
from derive.terms.term import Term, free_names

_BY_PROVER = "by the prover, as the small checker does not do:"
_SIGNS = "signs, limits and minima are decided again by the prover"
_SOON = 0.5  # seconds for a proof, before a witness is looked for
_MOST_ALLOWED = 1e-2  # a relative error beyond which numbers are not compared any more
MAX_BYTES = 20_000_000
_METHOD, _SIGN_METHOD = "normal form over exact arithmetic", "signs by exact arithmetic"
_NOTES = (
    "that each rule gives its step was recorded by the author of the file, not checked here",
    "the numeric agreement was recorded by the author of the file, not computed here",
    "names, titles and explanations are the author's words",
)
_NOT_SEEN = "it does not see where each side is defined"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a file proves on its own: its `certificate`, and the verdicts on steps and statements found here."""

    certificate: Certificate
    verdicts: tuple[tuple[Verdict, ...], ...]
    statements: tuple[Verdict, ...] = ()
    notes: tuple[str, ...] = _NOTES

    @property
    def name(self) -> str:
        """The name of the loss."""
        return self.certificate.name

    @property
    def steps(self) -> int:
        """How many steps were proved again."""
        return sum(map(len, self.verdicts))

    @property
    def status(self) -> Status:
        """The status of what was found."""
        return self.found.status

    @property
    def ok(self) -> bool:
        """Everything is proved again, and was recorded as justified and in agreement."""
        return self.status == "proved"

    def raise_for_status(self) -> None:
        """Raise `RefutedError` or `UnknownError` unless everything is proved again."""
        self.found.raise_for_status()

    @property
    def found(self) -> Certificate:
        """The certificate with the verdicts found here in place of the recorded ones."""
        pairs = zip(self.certificate.derivations, self.verdicts, strict=True)
        decided = zip(self.certificate.statements, self.statements, strict=True)
        return replace(
            self.certificate,
            derivations=tuple(_with(d, verdicts) for d, verdicts in pairs),
            statements=tuple(replace(s, verdict=v) for s, v in decided),
        )


def _with(d: CheckedDerivation, verdicts: tuple[Verdict, ...]) -> CheckedDerivation:
    steps = (replace(step, verdict=v) for step, v in zip(d.steps, verdicts, strict=True))
    return replace(d, steps=tuple(steps))


def replay(path: str | Path, *, budget: float = 2.0) -> Replayed:
    """Read the certificate at `path` and prove each of its steps again, `budget` seconds each.

    Raises `CertificateError` for a file that is unreadable, empty, binary, of another schema or edited: a digest that
    does not fit, a chain that does not hold together, a verdict that comes out otherwise than it is recorded.
    """
    return replay_text(_read(Path(path)), budget=budget)


def replay_text(text: str, *, budget: float = 2.0) -> Replayed:
    """The same for the text of a certificate."""
    return replay_certificate(loads(text), budget=budget)


def replay_certificate(certificate: Certificate, *, budget: float = 2.0) -> Replayed:
    """The same for a certificate that was read already."""
    try:
        domain = Domain.of(certificate.domain)
        _check_contents(certificate)
        said: list[str] = []
        verdicts = tuple(_again(d, domain, budget, said) for d in certificate.derivations)
        verdicts, wholes = _at_once(certificate.derivations, verdicts, domain, budget)
        statements = tuple(_stated(s, budget, said) for s in certificate.statements)
    except (DerivationError, DomainError, TermError) as error:
        raise CertificateError(f"the certificate of {certificate.name} does not hold together: {error}") from None
    count = sum(map(len, verdicts)) + len(statements)
    alone = f"{count - len(said)} of {count} verdicts: the recorded proof was confirmed by the small checker alone"
    return Replayed(certificate, verdicts, statements, (*_NOTES, alone, *dict.fromkeys([*said, *wholes])))


def _check_contents(certificate: Certificate) -> None:
    """A loss has derivations that belong together; a theorem has statements, and nothing else."""
    if certificate.kind == "loss" and certificate.cost is not None:
        check_chain(certificate.derivations, certificate.cost, certificate.domain)
    elif certificate.kind == "loss" or _more_than_stated(certificate) or not certificate.statements:
        raise DerivationError("a loss has a cost and derivations, a theorem has statements only")
    for kind in ("derivations", "statements", "notation"):
        names = [part.name for part in getattr(certificate, kind)]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise DerivationError(f"two of its {kind} are named {twice!r}")
    if alike := names_alike(certificate):
        raise DerivationError(f"{alike[0]} and {alike[1]} are printed alike: one of them must be renamed")
    for check in certificate.agreement.checks if certificate.agreement else ():
        _check_numbers(check)


def _more_than_stated(c: Certificate) -> bool:
    return bool(c.derivations) or c.cost is not None or c.agreement is not None


def _check_numbers(check: Check) -> None:
    """Whether numbers agree is not computed here, but it must be what the recorded error and its bound say."""
    if (
        check.points < 1
        or not 0 <= check.allowed <= _MOST_ALLOWED
        or check.ok is not (0 <= check.error <= check.allowed)
    ):
        said = "agreement" if check.ok else "no agreement"
        at = f"at {check.points} points, with the error {check.error:.3g} of {check.allowed:.3g}"
        raise DerivationError(f"{check.name}: {said} is recorded {at}")


def _stated(s: CheckedStatement, budget: float, said: list[str]) -> Verdict:
    names = frozenset().union(*map(free_names, s.terms))
    domain = Domain.of(s.domain).about(names)  # what is said of others is not shown, and could narrow sizes
    why: str | None = _SIGNS
    if s.question == "equal" and len(s.terms) == 2:
        why = not_rechecked(s.verdict, s.terms[0], s.terms[1], domain)
    elif s.question in ("nonnegative", "positive") and _has_the_sign(s, domain):
        why = None
    if why is None:
        return s.verdict
    verdict = ask(s, domain, budget)
    _compare(s.verdict, verdict, s.name)
    said.append(why if why == _SIGNS else f"{s.name}: {verdict.status} {_BY_PROVER} {why}")
    return verdict


def _has_the_sign(s: CheckedStatement, domain: Domain) -> bool:
    """Does the recorded sign follow from the form of the term alone?"""
    if not isinstance(s.verdict, Proved) or s.verdict.method != _SIGN_METHOD or len(s.terms) != 1:
        return False
    try:
        shown = recheck_sign(s.terms[0], domain, strict=s.question == "positive")
    except CertificateError:
        return False
    limited = s.verdict.notes or s.verdict.domains_differ or shown.notes or shown.undefined or shown.partial
    return not limited and shown.conditions == frozenset(s.verdict.conditions)


def ask(s: CheckedStatement, domain: Domain, budget: float) -> Verdict:
    """The prover's answer, which is loaded only where it is needed: a recorded witness is soon found again, or late."""
    from derive.prove.ask import ask as prover

    soon = prover(s.question, s.terms, domain, budget=min(_SOON, budget)) if isinstance(s.verdict, Refuted) else None
    return prover(s.question, s.terms, domain, budget=budget) if soon is None or isinstance(soon, Unknown) else soon


def _again(d: CheckedDerivation, domain: Domain, budget: float, said: list[str]) -> tuple[Verdict, ...]:
    found: list[Verdict] = []
    before: Term = d.start
    for number, step in enumerate(d.steps, 1):
        sides = equality(before, step.result, d.indices)
        why = not_rechecked(step.verdict, *sides, domain)
        verdict = step.verdict if why is None else prove_terms(*sides, domain, budget=budget)
        if why is not None:
            place = f"{d.name}, step {number}"
            _compare(step.verdict, verdict, place)
            said.append(f"{place}: {verdict.status} {_BY_PROVER} {why}")
        found.append(verdict)
        before = step.result
    return tuple(found)


def _at_once(
    derivations: Sequence[CheckedDerivation], steps: Sequence[tuple[Verdict, ...]], domain: Domain, budget: float
) -> tuple[tuple[tuple[Verdict, ...], ...], list[str]]:
    """Where steps do not make a whole, start = result is proved by itself; else the last step is not settled."""
    out, said = list(steps), []
    for number, found in as_wholes(derivations, lambda a, b: prove_terms(a, b, domain, budget=budget)):
        name = derivations[number].name
        if isinstance(found, Refuted):
            raise CertificateError(f"{name}: each step holds, but the last expression is not equal to the first one")
        if isinstance(found, Unknown):
            out[number] = (*out[number][:-1], replace(found, reason=f"{NOT_AS_A_WHOLE}: {found.reason}"))
        said.append(f"{name}, as a whole: {found.status} {_BY_PROVER} its steps have values at different points")
    return tuple(out), said


def prove_terms(left: Term, right: Term, domain: Domain, *, budget: float) -> Verdict:
    """The prover, loaded only where it is needed."""
    from derive.prove import prove_terms as prove

    return prove(left, right, domain, budget=budget)


def not_rechecked(recorded: Verdict, left: Term, right: Term, domain: Domain) -> str | None:
    """Why the small checker cannot confirm a recorded verdict in all it says, or None where it does."""
    if not isinstance(recorded, Proved):
        return f"nothing was proved, but {recorded.status}"
    if recorded.method != _METHOD:
        return "it knows no such method"
    try:
        shown = recheck(left, right, domain, recorded.proof)
        limited = shown.conditions or shown.notes
        differ = bool(limited) and _needs(left, domain, recorded) != _needs(right, domain, recorded)
        loose = (shown.loose and not recorded.domains_differ) or (limited and _has_regions(recorded.proof))
        if loose and not differ:  # the same needs or ties, but perhaps in other places
            return _NOT_SEEN
    except CertificateError as error:
        return str(error)
    if shown.conditions != frozenset(recorded.conditions) or shown.undefined or shown.partial:
        return "it finds other side conditions"
    if shown.notes != recorded.notes:
        return "it does not see what the notes say"
    return None if differ == recorded.domains_differ else _NOT_SEEN


def _has_regions(proof: Json) -> bool:
    """Is it a proof by cases or regions?"""
    inner = proof.get("proof", proof) if isinstance(proof, dict) else proof
    return not isinstance(inner, dict) or not inner.keys() <= {"zero"}


def _needs(side: Term, domain: Domain, recorded: Proved) -> tuple[frozenset[Condition], frozenset[Term]]:
    """What one side alone needs to have a value."""
    shown = recheck(side, side, domain, recorded.proof)
    return shown.needs, shown.ties


def _compare(recorded: Verdict, found: Verdict, place: str) -> None:
    """A recorded answer must come out again; one that cannot be decided here is reported as unknown, not as an edit."""
    if isinstance(found, Unknown):
        return
    if recorded.status != found.status:
        raise CertificateError(f"{place}: recorded as {recorded.status}, but it is {found.status}: the file was edited")
    if recorded != found:
        how = f"{found.status}, but not as recorded ({_what(recorded, found)})"
        raise CertificateError(f"{place}: {how}: the file was edited")


def _what(recorded: Verdict, found: Verdict) -> str:
    return next(f.name for f in fields(found) if getattr(recorded, f.name) != getattr(found, f.name))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CertificateError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None
    if len(raw) > MAX_BYTES:
        raise CertificateError(f"{path} has more than {MAX_BYTES // 1_000_000} MB: it is no certificate of derive")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise CertificateError(f"{path} is not a text file: byte {error.start + 1:,} is not UTF-8") from None
    if not text.strip():
        raise CertificateError(f"{path} is empty")
    return text
