"""What is stated of a loss beside its derivation: is it convex in z, what does the best prediction cost, and its own.

Each statement is a question for the prover, and its verdict is in the certificate.
"""

from __future__ import annotations

from typing import Any

from derive import derivation, theorem
from derive.certificate import Answer, Asked, CheckedStatement
from derive.compiled import matrix_form
from derive.domain import Domain
from derive.joint_loss import JointLoss
from derive.loss import Loss
from derive.terms.bridge import from_sympy
from derive.terms.term import Term, add, free_names, make, mul, num, sub, substitute, sym

_Z, _V = sym("z"), sym("v")


def statements(loss: Loss | JointLoss, *, budget: float = 10.0) -> tuple[CheckedStatement, ...]:
    """The statements of a loss, with their verdicts.

    >>> from derive import catalog
    >>> [(s.name, s.status) for s in statements(catalog.load("logistic"))]
    [('convex-in-z', 'proved'), ('best', 'proved')]
    """
    where = {name: str(r) for name, r in loss.ranges.items()}
    if isinstance(loss, JointLoss):
        return tuple(theorem.check(statement, where, budget=budget) for statement in loss.statements)
    own = (theorem.check(statement, where, budget=budget) for statement in loss.statements)
    return (*_curvature(loss, budget), *_best(loss, budget), *_computed(loss, budget), *own)


def _asked(loss: Loss, name: str, says: str, question: Asked, *terms: Term, **options: Any) -> CheckedStatement:
    """A statement about terms in z, y and the parameters."""
    expected: Answer = options.get("expected", "proved")
    used = frozenset().union(*map(free_names, terms))
    where = {n: str(r) for n, r in {**loss.ranges, **options.get("ranges", {})}.items() if n in used}
    verdict = theorem.decided(question, terms, Domain.of(where), expected=expected, budget=options["budget"])
    return CheckedStatement(name, says, question, terms, where, verdict, expected)


def _curvature(loss: Loss, budget: float) -> list[CheckedStatement]:
    """∂²ℓ/∂z² ≥ 0, or a point where it is not; where ℓ has kinks, the inequality of the subgradient."""
    value = from_sympy(loss.of_raw_prediction)
    second = make("diff", make("diff", value, _Z), _Z)
    if not loss.convex:
        says = "ℓ is not convex in z: its second derivative is negative somewhere"
        return [_asked(loss, "not-convex-in-z", says, "nonnegative", second, expected="refuted", budget=budget)]
    if loss.convex_by:
        return []
    if loss.kinks:
        return [_subgradient(loss, value, budget)]
    says = "ℓ is convex in z: its second derivative is nowhere negative"
    return [_asked(loss, "convex-in-z", says, "nonnegative", second, budget=budget)]


def _subgradient(loss: Loss, value: Term, budget: float) -> CheckedStatement:
    """ℓ(z + v) ≥ ℓ(z) + g(z)v, with the g that is compiled: it proves convexity, and that g is a subgradient."""
    slope = from_sympy(matrix_form.read(derivation.gradient(loss).result).slope)
    gap = sub(sub(substitute(value, {"z": add(_Z, _V)}), value), mul(slope, _V))
    says = "ℓ is convex in z, and the gradient a subgradient, also at the kinks: ℓ(z + v) ≥ ℓ(z) + g(z)v for all v"
    return _asked(loss, "convex-in-z", says, "nonnegative", gap, budget=budget)


def _best(loss: Loss, budget: float) -> list[CheckedStatement]:
    """With the term that was dropped, the best prediction costs nothing."""
    if loss.best_h is None:
        return []
    at_best = substitute(from_sympy(loss.value), {"h": from_sympy(loss.best_h)})
    if loss.constant_to_optimal_zero != 0:
        at_best = add(at_best, from_sympy(loss.constant_to_optimal_zero))
    says = f"with the term that was dropped, a prediction h = {loss.best_h} costs nothing"
    return [_asked(loss, "best", says, "equal", at_best, num(0), budget=budget)]


def _computed(loss: Loss, budget: float) -> list[CheckedStatement]:
    """What is computed in place of a derived formula is equal to it."""
    derived = {
        "cost": lambda: loss.of_raw_prediction,
        "gradient": lambda: matrix_form.read(derivation.gradient(loss).result).slope,
        "hessian": lambda: matrix_form.read(derivation.hessian(loss).result).slope,
    }
    says = {"cost": "ℓ", "gradient": "∂ℓ/∂z", "hessian": "∂²ℓ/∂z²"}
    return [
        _asked(
            *(
                loss,
                f"computed-{name}",
                f"the form of {says[name]} that is computed is equal to the derived one",
                "equal",
            ),
            *(from_sympy(derived[name]()), from_sympy(form)),
            budget=budget,
        )
        for name, form in loss.computed
    ]
