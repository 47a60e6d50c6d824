"""The examination of a claim: every entry is proved, recognised or explained; then what they are together."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations

from derive.certificate import Proved, Refuted, Unknown, Verdict
from derive.conventions import meaning
from derive.diagnose import explain_entry
from derive.diagnose.candidate import Candidate
from derive.errors import DeriveError
from derive.formulas import right_formula, written
from derive.hessian_kinds import accepts, recognise, recognise_bound
from derive.kinks import kinks
from derive.prove import prove_terms
from derive.report import ClaimVerdict, Component, Diagnosis, Report, Side
from derive.scene import Scene, derivative
from derive.stated import Stated
from derive.terms.term import Term, make, neg, sym

_PROOF = 2.0
_EXPLANATION = 3.0
_OFF_BOUNDARY = "compared with the formula of the derivative, away from the boundaries of choices"


@dataclass
class Examination:
    """One call of `check`: the two claims, entry by entry."""

    stated: Stated
    wanted: str | None
    deadline: float
    true: dict[str, Term] = field(default_factory=dict)
    suspect: bool = False  # is the claimed gradient wrong? Then a Hessian that bounds the exact one may be so by chance

    def report(self) -> Report:
        """The two claims one after the other, then what they are together."""
        s = self.stated
        gradient = self.gradient() if s.gradient and s.loss is not None else None
        self.suspect = gradient is not None and gradient.status == "refuted" and gradient.kind == "wrong"
        symmetric = self.symmetric() if len(s.gradient) > 1 else None
        hessian = self.hessian(gradient) if s.hessian else None
        claims = [c for c in (gradient, hessian) if c is not None]
        kind = hessian.kind if hessian is not None else ""
        if hessian is not None and gradient is not None:
            hessian = _with_gradient(gradient, hessian)
        return Report(s.loss, s.wrt, s.domain.to_json(), gradient, hessian, kind, _convention(s, claims), symmetric)

    def late(self) -> bool:
        return time.monotonic() > self.deadline

    def decide(self, a: Term, b: Term) -> Verdict:
        left = min(_PROOF, self.deadline - time.monotonic())
        return prove_terms(a, b, self.stated.domain, budget=left) if left > 0 else Unknown("the time is over")

    # -- the gradient
    def gradient(self) -> ClaimVerdict:
        s = self.stated
        if s.loss is None:
            raise DeriveError("the gradient needs a loss to be compared with")
        self.true = {v: _derivative(s.loss, v, s) for v in s.wrt}
        entries = [(names, claimed, _signed(self.true[names[0]], s.signs[0])) for names, claimed in s.gradient]
        return self.claim("gradient", entries)

    def claim(self, side: Side, entries: list[tuple[tuple[str, ...], Term, Term]], of: str = "loss") -> ClaimVerdict:
        """The verdict on every entry, and what they are together."""
        claimed = {names: c for names, c, _ in entries}
        true = {names: t for names, _, t in entries}
        components = tuple(self.component(side, names, claimed, true) for names in claimed)
        kind, says = _together(components)
        accepted = False
        if side == "hessian" and self.wanted is not None:
            accepted = all(c.kind == "accepted" for c in components)
            if accepted:
                kind, components = self.wanted, tuple(replace(c, kind=self.wanted or "") for c in components)
                says = components[0].says
        diagnosis = tuple(dict.fromkeys(d for c in components for d in c.diagnosis))
        return ClaimVerdict(side, of, components, kind, says, diagnosis, "", accepted)

    def component(
        self,
        side: Side,
        names: tuple[str, ...],
        claimed: dict[tuple[str, ...], Term],
        true: dict[tuple[str, ...], Term],
    ) -> Component:
        """Prove or refute one entry; explain it when it is refuted."""
        name = _name(side, names)
        verdict = self.verdict(side, names, claimed[names], true[names])
        scene = self.scene(side, names, claimed, true, verdict)
        wanted = self.wanted if side == "hessian" else None
        if wanted is not None and (kind := accepts(scene, wanted, exact=verdict.status == "proved")) is not None:
            return Component(name, names, claimed[names], verdict, "accepted", kind.says)
        if verdict.status == "proved":
            return Component(name, names, claimed[names], verdict, "exact", "", (), kinks(scene))
        if isinstance(verdict, Unknown):
            return Component(name, names, claimed[names], verdict, "unknown", verdict.reason)
        return self.refuted(name, scene, verdict)

    def refuted(self, name: str, scene: Scene, verdict: Verdict) -> Component:
        """A refuted entry: what it is on purpose, else what is wrong with it."""
        meant = scene.side == "hessian" and self.wanted is not None
        kind = None if meant else recognise(scene)
        found: list[Candidate] = []
        if kind is None and not meant and not self.suspect:
            kind = recognise_bound(scene)
        if kind is None:
            found = explain_entry(scene)
        if kind is None and not found and not meant:
            kind = recognise_bound(scene)
        if kind is not None and kind.name == "taylor":
            proved = Proved("exact but for branches below rounding", notes=(kind.says,))
            return Component(name, scene.variables, scene.claimed, proved, "taylor", kind.says)
        if kind is not None:
            right = right_formula(scene)
            return Component(name, scene.variables, scene.claimed, verdict, kind.name, kind.says, (), (), right)
        diagnosis = tuple(_diagnosis(c, self.stated) for c in found)
        right = right_formula(
            scene, next((c.fix for c in found if c.fix is not None and c.kind != "loss-at-fault"), None)
        )
        return Component(name, scene.variables, scene.claimed, verdict, "wrong", "", diagnosis, (), right)

    def verdict(self, side: Side, names: tuple[str, ...], claimed: Term, true: Term) -> Verdict:
        """Equal to the derivative? Where its boundaries are not decided, then away from them."""
        verdict = self.decide(true, claimed)
        if isinstance(verdict, Unknown):
            by_gradient = self._by_gradient(names, claimed) if side == "hessian" else None
            proofs = (by_gradient, self._off_boundary(side, names, claimed))
            return next((p for p in proofs if p is not None), verdict)
        return verdict

    def _by_gradient(self, names: tuple[str, ...], claimed: Term) -> Proved | None:
        """The Hessian as the derivative of the claimed gradient, where that is proved."""
        s = self.stated
        first = next((c for v, c in s.gradient if v == names[:1]), None)
        if (
            first is None
            or s.loss is None
            or self.decide(_signed(self.true[names[0]], s.signs[0]), first).status != "proved"
        ):
            return None
        slope = make("diff", first, sym(names[1]))
        verdict = self.decide(_signed(slope, s.signs[0] * s.signs[1]), claimed)
        return verdict if isinstance(verdict, Proved) else None

    def _off_boundary(self, side: Side, names: tuple[str, ...], claimed: Term) -> Proved | None:
        """Equal to the derivative by its formula, away from the boundaries of choices?"""
        plain = self._plain(side, names)
        verdict = None if plain is None else self.decide(plain, claimed)
        return replace(verdict, notes=(*verdict.notes, _OFF_BOUNDARY)) if isinstance(verdict, Proved) else None

    def _plain(self, side: Side, names: tuple[str, ...]) -> Term | None:
        """The derivative by its formula, without a value where a choice ties."""
        s = self.stated
        if s.loss is not None:
            found = derivative(s.loss, names)
            return None if found is None else _signed(found, s.signs[side == "hessian"])
        first = next((c for v, c in s.gradient if v == names[:1]), None)
        found = None if first is None else derivative(first, names[1:])
        return None if found is None else _signed(found, s.signs[0] * s.signs[1])

    def scene(
        self,
        side: Side,
        names: tuple[str, ...],
        claimed: Mapping[tuple[str, ...], Term],
        true: Mapping[tuple[str, ...], Term],
        verdict: Verdict,
    ) -> Scene:
        """What the explanations look at."""
        s = self.stated
        plain = {k: p for k in claimed if (p := self._plain(side, k)) is not None}
        first = {v: d for v in s.wrt if s.loss is not None and (d := derivative(s.loss, (v,))) is not None}
        return Scene(
            side,
            names,
            claimed[names],
            plain.get(names, true[names]),
            true[names],
            s.loss,
            s.signs[side == "hessian"],
            s.domain,
            min(self.deadline, time.monotonic() + _EXPLANATION),
            first,
            {key[0]: t for key, t in s.gradient},
            s.named,
            claimed,
            plain if len(plain) > 1 else {},
            _point(verdict),
        )

    # -- the Hessian
    def hessian(self, gradient: ClaimVerdict | None) -> ClaimVerdict:
        s = self.stated
        if s.loss is None:
            first = {names[0]: t for names, t in s.gradient}
            entries = [
                (n, c, _signed(make("diff", first[n[0]], sym(n[1])), s.signs[0] * s.signs[1])) for n, c in s.hessian
            ]
            return self.claim("hessian", entries, "gradient")
        if not self.true:
            self.true = {v: _derivative(s.loss, v, s) for v in s.wrt}
        entries = [(n, c, _signed(make("diff", self.true[n[0]], sym(n[1])), s.signs[1])) for n, c in s.hessian]
        return self.claim("hessian", entries)

    def symmetric(self) -> ClaimVerdict:
        """Is the Jacobian of the claimed gradient symmetric? If not, it is the gradient of nothing."""
        components = []
        for (a, first), (b, second) in combinations(self.stated.gradient, 2):
            sides = make("diff", first, sym(b[0])), make("diff", second, sym(a[0]))
            verdict = self.decide(*sides)
            components.append(
                Component(f"d({a[0]})/d{b[0]} = d({b[0]})/d{a[0]}", (a[0], b[0]), first, verdict, verdict.status)
            )
        says = (
            "the claimed gradient is the gradient of no function"
            if any(c.status == "refuted" for c in components)
            else ""
        )
        return ClaimVerdict("gradient", "symmetry of its Jacobian", tuple(components), "", says)


def _derivative(t: Term, v: str, s: Stated) -> Term:
    return make("diff", t, sym(v))


def _signed(t: Term, sign: int) -> Term:
    return t if sign > 0 else neg(t)


def _point(verdict: Verdict) -> dict[str, Fraction] | None:
    return {k: Fraction(v) for k, v in verdict.witness.point} if isinstance(verdict, Refuted) else None


def _name(side: Side, names: tuple[str, ...]) -> str:
    if side == "gradient":
        return f"d/d{names[0]}"
    return f"d2/d{names[0]}2" if names[0] == names[1] else f"d2/d{names[0]}d{names[1]}"


def _diagnosis(c: Candidate, s: Stated) -> Diagnosis:
    return Diagnosis(c.kind, c.says, c.left, c.right, None if c.fix is None else written(c.fix, s.named))


def _together(components: tuple[Component, ...]) -> tuple[str, str]:
    """One kind for all entries: exact entries beside one other kind are of that kind."""
    kinds = list(dict.fromkeys(c.kind for c in components))
    for bad in ("wrong", "unknown"):
        if bad in kinds:
            return bad, ""
    inexact = [k for k in kinds if k != "exact"]
    if not inexact:
        return "exact", ""
    says = next(c.says for c in components if c.kind == inexact[0])
    return (inexact[0], says) if len(inexact) == 1 else ("wrong", "")


def _with_gradient(gradient: ClaimVerdict, hessian: ClaimVerdict) -> ClaimVerdict:
    """When both are off by one factor, Newton steps are right."""
    if gradient.kind != "wrong" or not gradient.diagnosis or not hessian.diagnosis:
        return hessian
    a, b = gradient.diagnosis[0], hessian.diagnosis[0]
    if a.kind == b.kind == "constant-factor" and a.says == b.says:
        return replace(hessian, says="gradient and Hessian are off by the same factor: Newton steps agree")
    return hessian


def _convention(s: Stated, claims: list[ClaimVerdict]) -> str:
    """The convention in which everything is right, when that is not the stated one: proved entry by entry."""
    flips = {"gradient": 1, "hessian": 1}
    for c in claims:
        bad = [x for x in c.components if x.kind != "exact"]
        if c.kind not in ("exact", "wrong") or (bad and len(bad) < len(c.components)):
            return ""
        if bad and not all(x.diagnosis and _is_flip(x.diagnosis[0]) for x in bad):
            return ""
        flips[c.side] = -1 if bad else 1
    if all(f == 1 for f in flips.values()):
        return ""
    sign = [s.signs[0] * flips["gradient"], s.signs[1] * flips["hessian"]]
    if len(claims) == 1:
        sign[claims[0].side == "gradient"] = sign[claims[0].side == "hessian"]
    return (
        f"right derivatives, wrong convention: {meaning((sign[0], sign[1]))}"
        if sign != [1, 1]
        else "right derivatives of the loss itself"
    )


def _is_flip(d: Diagnosis) -> bool:
    return d.kind == "convention" or (d.kind == "sign" and d.says.startswith("it is minus the derivative"))
