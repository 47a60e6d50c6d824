"""A report from the cache, shown again: nothing in it is believed.

What is claimed comes from the claim, never from the entry. Each `Proved` is checked by the small checker, along the
proof in the entry; each `Refuted` by the values at its witness; each equality that explains a mistake is proved. What
more has to be known (kinks, kinds of Hessians, notes) is found out again by the prover. If all of that is as it was
recorded, the rest is too: the findings in floating point and the words.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import Any

from derive.certificate import Refuted, Verdict
from derive.claims.stated import Entry, Stated, read, variable
from derive.claims.together import convention, one_kind, with_gradient
from derive.domain import Domain
from derive.errors import CertificateError, DeriveError
from derive.replay import not_rechecked, prove_terms
from derive.report import ClaimVerdict, Component, Formula, Report, Side
from derive.terms.term import Term, free_names, make, neg, substitute, walk
from derive.terms.text import parse_formula

_BUDGET = 2.0
#: precisions in which a witness is looked at, as the prover does
_BITS = (96, 512, 4096)
_NUMBER = re.compile(r"-?\d{1,1200}(?:/\d{1,1200})?")
#: what a statement consists of, and what goes without saying
_STATED: Mapping[str, Any] = {
    **dict.fromkeys(("loss", "gradient", "hessian", "wrt", "where", "domain", "reduction")),
    "convention": "loss",
}
#: what makes it more than an equality of derivatives
_MORE = ("hessian_kind", "distribution")
_KNOWN = frozenset({*_STATED, *_MORE, "dtypes", "strict_floating_point", "budget"})
#: where one of these ties, a loss may have a kink
TIES = frozenset({"abs", "sign", "heaviside", "max", "min", "lt", "le", "eq", "ne"})


class _NeedsProver(Exception):
    """More has to be found out than the small checker knows."""


def again(keywords: Mapping[str, Any], recorded: Report) -> Report:
    """The report on a claim with these keywords of `derive.check`, with what was recorded of it as a hint.

    Raises `CertificateError` where what was recorded does not come out again.
    """
    if unknown := keywords.keys() - _KNOWN:
        raise CertificateError(f"its keyword {min(unknown)} cannot be replayed")
    said = {name: keywords.get(name, default) for name, default in _STATED.items()}
    stated = read(**said, **{k: keywords[k] for k in ("distribution",) if k in keywords})
    try:
        found = _shown(stated, keywords, recorded)
    except DeriveError as error:
        raise CertificateError(str(error)) from None
    if found != replace(recorded, findings=(), notes=(), strict_floating_point=False, source=None):
        raise CertificateError("it says something else than what is proved")
    strict = bool(keywords.get("strict_floating_point", False))
    findings, notes = _floating(stated, keywords) if strict else (recorded.findings, recorded.notes)
    return replace(found, findings=findings, notes=notes, strict_floating_point=strict)


def _shown(stated: Stated, keywords: Mapping[str, Any], recorded: Report) -> Report:
    try:
        if keywords.get("hessian_kind") is not None or keywords.get("distribution"):
            raise _NeedsProver
        return _Again(stated, recorded).report()
    except _NeedsProver:
        from derive.claims.examination import Examination

        deadline = time.thread_time() + keywords["budget"]
        return Examination(stated, keywords.get("hessian_kind"), deadline).report()


def _floating(stated: Stated, keywords: Mapping[str, Any]) -> Any:
    """Where the findings decide, they are found anew."""
    from derive.floating import DTYPES
    from derive.floating.claims import of_claims

    formulas = {n: keywords.get(n) for n in ("loss", "gradient", "hessian")}
    dtypes = keywords.get("dtypes", DTYPES)
    return of_claims(formulas, keywords.get("where") or {}, stated.domain, dtypes) if dtypes else ((), ())


@dataclass(frozen=True, slots=True)
class _Again:
    """The report of a claim whose parts are equalities: as `claims.examination` makes it, with checks for proofs."""

    stated: Stated
    recorded: Report

    def report(self) -> Report:
        """The report, if the checks are enough."""
        s, old = self.stated, self.recorded
        gradient = self.claim("gradient", s.gradient, old.gradient) if s.gradient and s.loss is not None else None
        symmetric = self.symmetric(old.symmetric) if len(s.gradient) > 1 else None
        hessian = with_gradient(gradient, self.claim("hessian", s.hessian, old.hessian)) if s.hessian else None
        kind = hessian.kind if hessian is not None else ""
        other = convention(s.signs, [c for c in (gradient, hessian) if c is not None])
        return Report(s.loss, s.wrt, s.domain.to_json(), gradient, hessian, kind, other, symmetric)

    def claim(self, side: Side, entries: tuple[Entry, ...], old: ClaimVerdict | None) -> ClaimVerdict:
        """All entries, and what they are together."""
        if old is None or len(old.components) != len(entries):
            raise CertificateError(f"it holds another {side}")
        pairs = zip(entries, old.components, strict=True)
        components = tuple(self.component(side, names, claimed, c) for (names, claimed), c in pairs)
        kind, says = one_kind(components)
        if side == "hessian" and self.stated.form == "full" and kind != "exact":
            raise _NeedsProver  # a bound as a matrix is none of its entries
        diagnosis = tuple(dict.fromkeys(d for c in components for d in c.diagnosis))
        return ClaimVerdict(
            side, "loss" if self.stated.loss is not None else "gradient", components, kind, says, diagnosis
        )

    def component(self, side: Side, names: tuple[str, ...], claimed: Term, old: Component) -> Component:
        """One entry, compared with what it should be."""
        true = self.true(side, names)
        verdict = confirmed(old.verdict, true, claimed, self.stated.domain)
        plain = Component(_name(side, names), names, claimed, verdict, "exact")
        if not isinstance(verdict, Refuted):
            if side == "gradient" and self.stated.loss is not None and _may_tie(self.stated.loss):
                raise _NeedsProver
            return plain
        if old.kind != "wrong" or not old.diagnosis:
            raise _NeedsProver  # it may be an approximation
        explained = all(_proved(d.left, d.right, self.stated.domain) for d in old.diagnosis)
        if not explained or (old.right is not None and not self.is_right(old.right, true)):
            raise _NeedsProver
        return replace(plain, kind="wrong", says="", diagnosis=old.diagnosis, right=old.right)

    def is_right(self, formula: Formula, true: Term) -> bool:
        """Is the formula to write instead the right one, and does its text say so?"""
        text = substitute(parse_formula(formula.text), self.stated.named)
        return all(_proved(t, true, self.stated.domain) for t in dict.fromkeys((formula.term, text)))

    def true(self, side: Side, names: tuple[str, ...]) -> Term:
        """The derivative of the loss, in the stated convention; without a loss, of the claimed gradient."""
        s = self.stated
        gradient, hessian = s.signs
        sign = hessian if side == "hessian" else gradient
        source, by = s.loss, names
        if source is None:
            source, by, sign = dict(s.gradient)[names[:1]], names[1:], gradient * hessian
        for name in by:
            source = make("diff", source, variable(name))
        return source if sign > 0 else neg(source)

    def symmetric(self, old: ClaimVerdict | None) -> ClaimVerdict:
        """The mixed derivatives of a claimed gradient."""
        pairs = list(combinations(self.stated.gradient, 2))
        if old is None or len(old.components) != len(pairs):
            raise CertificateError("it says nothing of the symmetry")
        components = []
        for (((a,), first), ((b,), second)), c in zip(pairs, old.components, strict=True):
            left, right = make("diff", first, variable(b)), make("diff", second, variable(a))
            verdict = confirmed(c.verdict, left, right, self.stated.domain)
            kind = "wrong" if isinstance(verdict, Refuted) else "exact"
            components.append(Component(f"d({a})/d{b} = d({b})/d{a}", (a, b), first, verdict, kind))
        wrong = any(c.kind == "wrong" for c in components)
        says = "the claimed gradient is the gradient of no function" if wrong else ""
        return ClaimVerdict("gradient", "symmetry of its Jacobian", tuple(components), one_kind(components)[0], says)


def confirmed(recorded: Verdict, left: Term, right: Term, domain: Domain) -> Verdict:
    """The recorded verdict on left = right, if the checker or a look at its witness confirms it."""
    if isinstance(recorded, Refuted):
        return refuted_at(recorded, left, right, domain)
    if not_rechecked(recorded, left, right, domain) is not None:
        raise _NeedsProver
    return recorded


def refuted_at(recorded: Refuted, left: Term, right: Term, domain: Domain) -> Refuted:
    """The refutation of left = right by the values at the recorded point."""
    from derive.prove.point import Point
    from derive.prove.refute import attempt
    from derive.prove.unfold import Claim

    point = dict(recorded.witness.point)
    if not all(map(_NUMBER.fullmatch, point.values())) or any(v.endswith("/0") for v in point.values()):
        raise CertificateError("its witness is no point")
    claim = Claim(left, right, domain)
    if not free_names(claim.plain[0]) | free_names(claim.plain[1]) <= point.keys():
        raise CertificateError("its witness lacks a coordinate")
    at = Point({name: Fraction(value) for name, value in point.items()}, claim.domain)
    found, _ = attempt([at], claim.plain, _BITS)
    if found is None:
        raise CertificateError("its witness refutes nothing")
    return found


def _name(side: Side, names: tuple[str, ...]) -> str:
    if side == "gradient":
        return f"d/d{names[0]}"
    return f"d2/d{names[0]}2" if names[0] == names[1] else f"d2/d{names[0]}d{names[1]}"


def _proved(a: Term, b: Term, domain: Domain) -> bool:
    return prove_terms(a, b, domain, budget=_BUDGET).status == "proved"


def _may_tie(loss: Term) -> bool:
    return any(t.head in TIES for t in walk(loss))
