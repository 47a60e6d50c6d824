"""A derivation: a start and its steps. The start is computed from the loss, each expression is stored once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from derive import symbols as s
from derive.errors import DerivationError
from derive.functions import sigmoid
from derive.loss import Loss
from derive.rule import Rule
from derive.rules.algebra import cancel, multiply_out_and_cancel, split_the_fraction
from derive.rules.calculus import chain_rule, derivative_of_a_sum, derivative_of_the_link, partial_derivatives
from derive.rules.logistic import definition_of_sigmoid, fold_sigmoid
from derive.rules.matrix import matrix_form
from derive.rules.sums import term_of_a_delta
from derive.writing import derivative

Kind = Literal["lemma", "gradient", "hessian"]


@dataclass(frozen=True)
class Step:
    """The rule, and what it gave; the expression before is the result of the step before."""

    rule: Rule
    result: Any


@dataclass(frozen=True)
class Derivation:
    """`start = steps[0].result = steps[1].result = …`; a whole matrix stands for its entry at `indices`.

    Raises `DerivationError` if there is no step: what shows nothing must not pass.
    """

    name: str
    title: str
    kind: Kind
    start: Any
    steps: tuple[Step, ...]
    indices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.steps:
            raise DerivationError(f"the derivation {self.name!r} has no steps: there is nothing to prove in it")

    @property
    def result(self) -> Any:
        """What it derives."""
        return self.steps[-1].result


def steps(start: Any, *rules: Rule, optional: tuple[Rule, ...] = ()) -> tuple[Step, ...]:
    """Apply the rules in turn. One of the `optional` rules is left out where it finds nothing to rewrite."""
    out: list[Step] = []
    for rule in rules:
        before = out[-1].result if out else start
        result = rule.attempt(before) if rule in optional else rule(before)
        if result is not None:
            out.append(Step(rule, result))
    return tuple(out)


def derivations(loss: Loss) -> tuple[Derivation, ...]:
    """The lemmas that the loss needs, its gradient and its Hessian."""
    return (*lemmas(loss), gradient(loss), hessian(loss))


@cache
def gradient(loss: Loss) -> Derivation:
    """∂J/∂θⱼ: chain rule, partial derivatives, multiply out and cancel, matrix form."""
    start = derivative(loss.cost, s.entry(s.theta, s.j))
    third = multiply_out_and_cancel if loss.multiply_out else cancel
    taken = steps(start, chain_rule, partial_derivatives, third, matrix_form, optional=(third,))
    return Derivation("gradient", "The gradient", "gradient", start, taken, ("j",))


@cache
def hessian(loss: Loss) -> Derivation:
    """∂²J/∂θⱼ∂θₗ from the entry of the gradient: under the sum, chain rule, partial derivatives, matrix form."""
    entry = gradient(loss).steps[-2].result
    start = derivative(entry, s.entry(s.theta, s.l))
    third = multiply_out_and_cancel if loss.multiply_out else cancel
    rules = (derivative_of_a_sum, chain_rule, partial_derivatives, third, matrix_form)
    taken = steps(start, *rules, optional=(partial_derivatives, third))
    return Derivation("hessian", "The Hessian", "hessian", start, taken, ("j", "l"))


def lemmas(loss: Loss) -> tuple[Derivation, ...]:
    """The derivatives of the link, of the raw prediction and of the prediction."""
    if loss.inverse_link == s.z:
        return (_partial_z(),)
    of_link = (_sigmoid_derivative(),) if loss.inverse_link.has(sigmoid) else ()
    return (*of_link, _partial_z(), _partial_h(loss))


def _lemma(name: str, title: str, start: Any, *rules: Rule) -> Derivation:
    return Derivation(name, title, "lemma", start, steps(start, *rules))


def _sigmoid_derivative() -> Derivation:
    rules = (definition_of_sigmoid, chain_rule, partial_derivatives, split_the_fraction, fold_sigmoid)
    title = "The derivative of the logistic function"
    return _lemma("sigmoid-derivative", title, derivative(sigmoid(s.z), s.z), *rules)


def _partial_z() -> Derivation:
    start = derivative(s.raw_prediction(s.i), s.entry(s.theta, s.j))
    title = "The partial derivatives of the raw prediction"
    return _lemma("partial-z", title, start, derivative_of_a_sum, partial_derivatives, term_of_a_delta)


def _partial_h(loss: Loss) -> Derivation:
    start = derivative(loss.prediction(s.i), s.entry(s.theta, s.j))
    title = "The partial derivatives of the prediction"
    return _lemma("partial-h", title, start, derivative_of_the_link, partial_derivatives)
