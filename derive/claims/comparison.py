"""A stated entry and the derivative that it should be: the true term, and whether the two are equal."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from derive.certificate import Proved, Refuted, Unknown, Verdict
from derive.claims.scene import derivative, written_out
from derive.claims.stated import Stated, variable
from derive.prove import prove_terms
from derive.report import Side
from derive.terms.term import Term, free_names, make, neg, walk

_PROOF = 2.0
#: the note on what was not decided where a choice ties
OFF_BOUNDARY = "compared with the formula of the derivative, away from the boundaries of choices"


@dataclass
class Comparison:
    """The derivatives of what is stated, in the stated convention; proofs until the deadline."""

    stated: Stated
    deadline: float
    patience: float = 1.0
    formulas: dict[tuple[Side, tuple[str, ...]], Term | None] = field(default_factory=dict)

    def decide(self, a: Term, b: Term) -> Verdict:
        """Is a = b? `Unknown` when the time is over."""
        left = min(_PROOF * self.patience, self.deadline - time.thread_time())
        return prove_terms(a, b, self.stated.domain, budget=left) if left > 0 else Unknown("the time is over")

    def true(self, side: Side, names: tuple[str, ...]) -> Term:
        """The derivative of the loss; without a loss, of the claimed gradient."""
        s = self.stated
        source = s.loss if s.loss is not None else self.claimed_gradient(names[0])
        for name in names if s.loss is not None else names[1:]:
            source = make("diff", source, variable(name))
        return signed(source, self.sign(side))

    def plain(self, side: Side, names: tuple[str, ...]) -> Term | None:
        """The derivative by its formula, without a value where a choice ties; None where there is no rule."""
        if (side, names) not in self.formulas:
            self.formulas[side, names] = self._formula(side, names)
        return self.formulas[side, names]

    def _formula(self, side: Side, names: tuple[str, ...]) -> Term | None:
        s = self.stated
        has_loss = s.loss is not None
        source = s.loss if s.loss is not None else self.claimed_gradient(names[0])
        names = names if has_loss else names[1:]
        entries = any("[" in name for name in names)
        found = written_out(source, names, s.domain) if entries else derivative(source, names, s.domain)
        return None if found is None else signed(found, self.sign(side))

    def sign(self, side: Side) -> int:
        """What the convention multiplies the derivative of the loss (or of the gradient) by."""
        gradient, hessian = self.stated.signs
        if self.stated.loss is None:
            return gradient * hessian
        return hessian if side == "hessian" else gradient

    def claimed_gradient(self, name: str) -> Term:
        """The component of the claimed gradient in a variable."""
        return dict(self.stated.gradient)[name,]

    def verdict(self, side: Side, names: tuple[str, ...], claimed: Term) -> Verdict:
        """Equal to the derivative? Where its boundaries are not decided, then away from them."""
        verdict = self.decide(self.true(side, names), claimed)
        if isinstance(verdict, Refuted) and self._jumps(names):
            return Unknown("what a step such as floor or delta does to the derivative is not decided")
        if not isinstance(verdict, Unknown):
            return verdict
        by_gradient = self._by_gradient(names, claimed) if side == "hessian" else None
        proofs = (by_gradient, self._off_boundary(side, names, claimed))
        return next((p for p in proofs if p is not None), verdict)

    def _jumps(self, names: tuple[str, ...]) -> bool:
        """Is there a step of a variable in what is differentiated? Beside a point it may be another than there."""
        source = self.stated.loss if self.stated.loss is not None else self.claimed_gradient(names[0])
        own = {v.partition("[")[0] for v in names}
        return any(t.head in ("floor", "delta") and free_names(t) & own for t in walk(source))

    def _by_gradient(self, names: tuple[str, ...], claimed: Term) -> Proved | None:
        """The Hessian as the derivative of the claimed gradient, where that is proved."""
        s = self.stated
        first = dict(s.gradient).get(names[:1])
        if s.loss is None or first is None:
            return None
        gradient = self.decide(self.true("gradient", names[:1]), first)
        if not isinstance(gradient, Proved) or gradient.domains_differ:  # it may have no slope where the true one has
            return None
        slope = make("diff", first, variable(names[1]))
        verdict = self.decide(signed(slope, s.signs[0] * s.signs[1]), claimed)
        return verdict if isinstance(verdict, Proved) else None

    def _off_boundary(self, side: Side, names: tuple[str, ...], claimed: Term) -> Proved | None:
        plain = self.plain(side, names)
        verdict = None if plain is None else self.decide(plain, claimed)
        return replace(verdict, notes=(*verdict.notes, OFF_BOUNDARY)) if isinstance(verdict, Proved) else None


def signed(t: Term, sign: int) -> Term:
    """t or −t."""
    return t if sign > 0 else neg(t)
