"""The examination of a claim: every entry is proved, recognised or explained; then what they are together."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from derive.certificate import Proved, Refuted, Unknown, Verdict
from derive.claims.choices import decided
from derive.claims.comparison import Comparison
from derive.claims.diagnose import VAGUE, explain_entry
from derive.claims.diagnose.candidate import Candidate
from derive.claims.formulas import right_formula, written
from derive.claims.hessian_kinds import (
    Kind,
    accepts,
    compare_expected,
    matrix_bound,
    recognise,
    recognise_bound,
    times_fisher,
)
from derive.claims.kinks import kinks
from derive.claims.scene import Scene, derivative
from derive.claims.stated import Entry, Stated, variable
from derive.claims.together import convention, flip, one_kind, with_gradient
from derive.report import ClaimVerdict, Component, Diagnosis, Report, Side
from derive.terms.term import Term, free_names, make

_EXPLANATION = 3.0
_ABOVE = ("majorizer", "constant")
_ALONE = "of each variable alone: a step in all of them at once may overshoot"
Claimed: TypeAlias = Mapping[tuple[str, ...], Term]


@dataclass
class Examination:
    """One call of `check`: the two claims, entry by entry.

    `wanted` is the kind that the Hessian is claimed to be. `suspect`: is the claimed gradient wrong, and not only by
    its sign? Then a Hessian that bounds the exact one may do so by chance. `patience` multiplies the time of each
    proof and explanation.
    """

    stated: Stated
    wanted: str | None
    deadline: float
    suspect: bool = False
    patience: float = 1.0

    def __post_init__(self) -> None:
        self.loss = self.stated.loss
        s = self.stated = self._decided()
        self.compare = Comparison(s, self.deadline, self.patience)
        first = {v: derivative(s.loss, (v,), s.domain) for v in s.wrt} if s.loss is not None else {}
        self.first = {v: d for v, d in first.items() if d is not None}

    def _decided(self) -> Stated:
        """With what is differentiated written without choices that tie on intervals and are decided there."""
        s = self.stated
        if s.loss is not None:
            return replace(s, loss=decided(s.loss, s.wrt, s.domain, self.deadline))
        return replace(s, gradient=tuple((k, decided(t, s.wrt, s.domain, self.deadline)) for k, t in s.gradient))

    def report(self) -> Report:
        """All verdicts first, as explanations may use up the time; then claim by claim, and both together."""
        s = self.stated
        claims: tuple[tuple[Side, tuple[Entry, ...]], ...] = (("hessian", s.hessian),)
        claims = (("gradient", s.gradient), *claims) if s.loss is not None else claims
        self.verdicts = {(side, n): self.compare.verdict(side, n, t) for side, e in claims for n, t in e}
        gradient = self.claim("gradient", s.gradient) if s.gradient and s.loss is not None else None
        self.suspect = gradient is not None and gradient.kind == "wrong" and flip(gradient) != -1
        symmetric = self.symmetric() if len(s.gradient) > 1 else None
        hessian = with_gradient(gradient, self.claim("hessian", s.hessian)) if s.hessian else None
        kind = hessian.kind if hessian is not None else ""
        other = convention(s.signs, [c for c in (gradient, hessian) if c is not None])
        return Report(self.loss, s.wrt, s.domain.to_json(), gradient, hessian, kind, other, symmetric)

    def claim(self, side: Side, entries: tuple[Entry, ...]) -> ClaimVerdict:
        """The verdict on every entry, and what they are together."""
        claimed = dict(entries)
        components = self.of_one_mean(claimed, tuple(self.component(side, names, claimed) for names in claimed))
        kind, says = one_kind(components)
        bound = self.matrix(claimed, components) if side == "hessian" else None
        if isinstance(bound, Unknown):
            components = tuple(c if c.kind in ("exact", "accepted") else _undecided(c, bound) for c in components)
            kind, says = one_kind(components)
        elif bound is not None:
            kind, says = bound.name, bound.says
            components = tuple(c if c.kind == "exact" else _of_kind(c, bound) for c in components)
        accepted = side == "hessian" and self.wanted is not None and kind in ("accepted", self.wanted)
        if accepted and self.wanted is not None:
            kind, components = self.wanted, tuple(replace(c, kind=kind) for c in components)
        if self.stated.form == "diagonal" and side == "hessian" and kind in _ABOVE:
            says = "; ".join(filter(None, (says, _ALONE)))
        diagnosis = tuple(dict.fromkeys(d for c in components for d in c.diagnosis))
        of = "loss" if self.stated.loss is not None else "gradient"
        return ClaimVerdict(side, of, components, kind, says, diagnosis, accepted)

    def component(self, side: Side, names: tuple[str, ...], claimed: Claimed) -> Component:
        """Prove or refute one entry; recognise or explain it when it is refuted."""
        verdict = self.verdicts[side, names]
        plain = Component(_name(side, names), names, claimed[names], verdict, "exact")
        scene = self.scene(side, names, claimed, verdict)
        if side == "hessian" and scene.distributions and self.wanted in (None, "fisher"):
            expected = self.in_expectation(scene, plain)
            if expected is not None:
                return expected
        if side == "hessian" and self.wanted is not None:
            return self.meant(scene, plain, self.wanted)
        if isinstance(verdict, Proved):
            return _with_kinks(scene, plain)
        if isinstance(verdict, Unknown):
            return replace(plain, kind="unknown", says=verdict.reason)
        kind = recognise(scene) or (None if self.suspect else recognise_bound(scene))
        found = _explanations(scene) if kind is None else []
        if kind is None and not found:
            kind = recognise_bound(scene, suspect=self.suspect)
        return self.explained(scene, plain, found) if kind is None else _recognised(scene, plain, kind)

    def of_one_mean(self, claimed: Claimed, components: tuple[Component, ...]) -> tuple[Component, ...]:
        """The entries, none of them a Fisher information if together they keep all of the data: a mean keeps none."""
        data = frozenset().union(*map(free_names, self.first.values())) - set(self.stated.wrt)
        if data - frozenset().union(*map(free_names, claimed.values())):
            return components
        mean = "accepted" if self.wanted == "fisher" else "fisher"
        return tuple(self.no_mean(c, claimed) if c.kind == mean else c for c in components)

    def no_mean(self, component: Component, claimed: Claimed) -> Component:
        """An entry that is equal in expectation, beside entries that are none: a wrong one."""
        plain = replace(component, kind="exact", says="", conditions=(), notes=(), right=None)
        scene = self.scene("hessian", component.variables, claimed, component.verdict)
        return self.explained(scene, plain, _explanations(scene))

    def in_expectation(self, scene: Scene, plain: Component) -> Component | None:
        """An entry of a Hessian of data whose distribution is known: is it the expectation? None: not asked for."""
        if self.wanted is None and isinstance(plain.verdict, Proved):
            return None
        found, says = compare_expected(scene)
        if isinstance(found, Proved):
            name = "fisher" if self.wanted is None else "accepted"
            return replace(plain, kind=name, says=says, right=right_formula(scene) if name == "fisher" else None)
        if self.wanted is None:
            return None
        if isinstance(found, Unknown):
            return replace(plain, verdict=found, kind="unknown", says=found.reason)
        return self.explained(scene, replace(plain, verdict=found, says=says), [])

    def meant(self, scene: Scene, plain: Component, wanted: str) -> Component:
        """An entry of a Hessian that is claimed to be of a kind."""
        exact = plain.verdict.status == "proved"
        kind = accepts(scene, wanted, exact=exact)
        if isinstance(kind, Unknown):
            return _undecided(plain, kind)
        if kind is not None:
            return _of_kind(plain, kind._replace(name="accepted"))
        if isinstance(plain.verdict, Unknown):
            return replace(plain, kind="unknown", says=plain.verdict.reason)
        if exact:
            return plain if wanted == "exact" else replace(plain, kind="wrong", says=f"it is exact, and not {wanted}")
        return self.explained(scene, plain, _explanations(scene))

    def explained(self, scene: Scene, plain: Component, found: list[Candidate]) -> Component:
        """A wrong entry, with what was found out about it."""
        named = self.stated.named
        diagnosis = tuple(
            Diagnosis(c.kind, c.says, c.left, c.right, None if c.fix is None else written(c.fix, named)) for c in found
        )
        fix = next((c.fix for c in found if c.fix is not None and c.kind != "loss-at-fault"), None)
        return replace(plain, kind="wrong", diagnosis=diagnosis, right=right_formula(scene, fix))

    def matrix(self, claimed: Claimed, components: tuple[Component, ...]) -> Kind | Unknown | None:
        """A full Hessian that is neither exact nor of one kind entry by entry: a bound as a matrix.

        `Unknown` where it is claimed to be one, which is not decided, and no entry of the diagonal is below.
        """
        kinds, meant = {c.kind for c in components} - {"exact", "accepted"}, self.wanted == "majorizer"
        if self.stated.form != "full" or self.suspect or not kinds or ("unknown" in kinds and not meant):
            return None
        if self.wanted not in (None, "majorizer", "constant") or (len(kinds) == 1 and not kinds & {"wrong", "unknown"}):
            return None
        if meant and any(c.kind == "wrong" for c in components if len(set(c.variables)) == 1):
            return None
        found = matrix_bound(claimed, self.compare)
        if isinstance(found, Unknown):
            return found if meant else None
        if found is not None and meant:
            return found._replace(name="majorizer")
        return found if found is None or self.wanted in (None, found.name) else None

    def scene(self, side: Side, names: tuple[str, ...], claimed: Claimed, verdict: Verdict) -> Scene:
        """What the explanations look at."""
        s = self.stated
        others = claimed if side == "gradient" else (names,)
        plain = {k: p for k in others if (p := self.compare.plain(side, k)) is not None}
        limit = self.compare.true(side, names)
        return Scene(
            side=side,
            variables=names,
            claimed=claimed[names],
            true=plain.get(names, limit),
            limit=limit,
            loss=s.loss,
            sign=self.compare.sign(side),
            domain=s.domain,
            deadline=min(self.deadline, time.thread_time() + _EXPLANATION * self.patience),
            patience=self.patience,
            gradient=self.first,
            claims={key[0]: t for key, t in s.gradient},
            named=s.named,
            all_true=plain if len(plain) > 1 else {},
            witness=_point(verdict),
            distributions=s.distributions,
        )

    def symmetric(self) -> ClaimVerdict:
        """Is the Jacobian of the claimed gradient symmetric? If not, it is the gradient of nothing."""
        components = []
        for ((a,), first), ((b,), second) in combinations(self.stated.gradient, 2):
            verdict = self.compare.decide(make("diff", first, variable(b)), make("diff", second, variable(a)))
            kind = {"proved": "exact", "refuted": "wrong"}.get(verdict.status, "unknown")
            components.append(Component(f"d({a})/d{b} = d({b})/d{a}", (a, b), first, verdict, kind))
        wrong = any(c.kind == "wrong" for c in components)
        says = "the claimed gradient is the gradient of no function" if wrong else ""
        return ClaimVerdict("gradient", "symmetry of its Jacobian", tuple(components), one_kind(components)[0], says)


def _explanations(scene: Scene) -> list[Candidate]:
    """What is wrong with an entry; of a Hessian, whether it would be a Fisher information but for a number."""
    found = explain_entry(scene)
    if scene.side == "gradient" or (found and found[0].kind not in VAGUE):
        return found
    near = times_fisher(scene)
    return found if near is None else [near]


def _with_kinks(scene: Scene, plain: Component) -> Component:
    """A value at a kink that is no subgradient is wrong, though only there."""
    found = kinks(scene)
    outside = [k for k in found if k.status == "refuted"]
    if not outside:
        return replace(plain, kinks=found)
    says = f"it is right wherever the loss has a derivative, and outside of the subgradients at {outside[0].where}"
    why = Diagnosis("only-at-points", says, scene.claimed, scene.limit)
    return replace(plain, kind="wrong", kinks=found, diagnosis=(why,), right=right_formula(scene))


def _recognised(scene: Scene, plain: Component, kind: Kind) -> Component:
    """An approximation; one below rounding counts as equal."""
    if kind.name == "taylor":
        proved = Proved("exact but for branches below rounding", notes=(kind.says,))
        return _of_kind(replace(plain, verdict=proved), kind)
    return _of_kind(replace(plain, right=right_formula(scene)), kind)


def _undecided(component: Component, why: Unknown) -> Component:
    """Whether the entry is of the kind that was claimed is not known; that it is not exact refutes nothing."""
    return replace(component, verdict=why, kind="unknown", says=why.reason, diagnosis=(), right=None)


def _of_kind(component: Component, kind: Kind) -> Component:
    """The entry is of this kind, as far as the proof of it goes."""
    out = replace(component, kind=kind.name, says=kind.says, diagnosis=())
    return replace(out, conditions=kind.conditions, notes=kind.notes)


def _point(verdict: Verdict) -> dict[str, Fraction] | None:
    return {k: Fraction(v) for k, v in verdict.witness.point} if isinstance(verdict, Refuted) else None


def _name(side: Side, names: tuple[str, ...]) -> str:
    if side == "gradient":
        return f"d/d{names[0]}"
    return f"d2/d{names[0]}2" if names[0] == names[1] else f"d2/d{names[0]}d{names[1]}"
