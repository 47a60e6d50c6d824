"""The derivations of a joint loss: a gradient for each block of parameters, a part of the Hessian for each pair."""

from __future__ import annotations

from functools import cache
from itertools import combinations_with_replacement
from typing import Any

from derive import symbols as s
from derive.derivation import Derivation, steps
from derive.joint_loss import Block, JointLoss
from derive.rules.algebra import multiply_out_and_cancel
from derive.rules.calculus import chain_rule, derivative_of_a_sum, partial_derivatives
from derive.rules.contraction import matrix_products
from derive.rules.sums import term_of_a_delta
from derive.writing import derivative

_WORDS = {"theta": "θ", "eta": "η", "Theta": "Θ", "tau": "τ"}


def joint_derivations(loss: JointLoss) -> tuple[Derivation, ...]:
    """A lemma for each raw prediction, the gradient of each block, and the Hessian of each pair of blocks."""
    pairs = combinations_with_replacement(loss.blocks, 2)
    lemmas = [_partial(b) for b in loss.blocks if b.array in s.LINEAR]
    return (*lemmas, *(gradient(loss, b) for b in loss.blocks), *(hessian(loss, *pair) for pair in pairs))


@cache
def gradient(loss: JointLoss, block: Block) -> Derivation:
    """∂J/∂θⱼ: chain rule, partial derivatives, multiply out and cancel, matrix form."""
    start = derivative(loss.cost, block.entry)
    rules = (chain_rule, partial_derivatives, multiply_out_and_cancel, matrix_products)
    taken = steps(start, *rules, optional=(multiply_out_and_cancel,))
    only = len(loss.blocks) == 1
    title = "The gradient" if only else f"The gradient in {_WORDS[block.name]}"
    return Derivation("gradient" if only else f"gradient-{block.name}", title, "gradient", start, taken, _names(block))


@cache
def hessian(loss: JointLoss, first: Block, second: Block) -> Derivation:
    """∂²J/∂θⱼ∂ηₗ from the entry of the gradient: under the sum, chain rule, partial derivatives, matrix form."""
    entry = gradient(loss, first).steps[-2].result
    start = derivative(entry, _other(first, second))
    rules = (derivative_of_a_sum, chain_rule, partial_derivatives, multiply_out_and_cancel, matrix_products)
    taken = steps(start, *rules, optional=(partial_derivatives, multiply_out_and_cancel))
    name, title = "hessian", "The Hessian"
    if len(loss.blocks) > 1:
        name, title = f"{name}-{first.name}-{second.name}", f"{title} in {_WORDS[first.name]} and {_WORDS[second.name]}"
    return Derivation(name, title, "hessian", start, taken, (first.first[0].name, _row(first, second)))


def _other(first: Block, second: Block) -> Any:
    """The entry that the gradient of the first block is differentiated by; its indices are others."""
    return second.other if set(first.first) & set(second.first) else second.entry


def _row(first: Block, second: Block) -> str:
    return str((second.second if set(first.first) & set(second.first) else second.first)[0].name)


def _names(block: Block) -> tuple[str, ...]:
    return tuple(str(index.name) for index in block.first)


def _partial(block: Block) -> Derivation:
    column = (s.a,) if len(block.first) > 1 else ()
    start = derivative(s.raw_prediction(s.i, s.k, block.array, *column), block.entry)
    taken = steps(start, derivative_of_a_sum, partial_derivatives, term_of_a_delta)
    title = f"The partial derivatives of the raw prediction of {_WORDS[block.name]}"
    return Derivation(f"partial-{block.name}", title, "lemma", start, taken)
