"""Sums within a summand: deltas, constants and fractions, and what has none stays as the plain rules leave it."""

from __future__ import annotations

import sympy as sp

from derive import symbols as s
from derive.rules.collect import shortest
from derive.rules.nested import inner_sums, is_inner_sum
from derive.writing import product, reciprocal, summed, total

X, Y, Z = s.X[s.i, s.j], s.Y[s.i, s.a], s.raw_prediction(s.i, s.k, s.Theta, s.a)
NORMALISER = summed(sp.exp(Z), (s.a, 0, s.K - 1))


def test_a_delta_leaves_one_term() -> None:
    """Σₐ Yᵢₐ δₐ꜀ xᵢⱼ = Yᵢ꜀ xᵢⱼ."""
    inner = summed(product(Y, sp.KroneckerDelta(s.a, s.class_c), X), (s.a, 0, s.K - 1))
    assert inner_sums(inner, shortest) == product(s.Y[s.i, s.class_c], X)


def test_constants_come_in_front() -> None:
    """Σₐ Yᵢₐ xᵢⱼ = xᵢⱼ Σₐ Yᵢₐ; a sum of nothing is 0."""
    inner = summed(product(Y, X), (s.a, 0, s.K - 1))
    assert inner_sums(inner, shortest) == product(X, summed(Y, (s.a, 0, s.K - 1)))
    assert inner_sums(summed(total(product(X, Y), product(-1, X, Y)), (s.a, 0, s.K - 1)), shortest) == 0


def test_a_divisor_is_one_atom() -> None:
    """e/S δ − e²/S² = e/S (δ − e/S): the fraction stays a fraction."""
    e, same = sp.exp(s.raw_prediction(s.i, s.k, s.Theta, s.class_c)), sp.KroneckerDelta(s.class_c, s.class_d)
    one = reciprocal(NORMALISER)
    whole = total(product(e, one, same), product(-1, e, e, sp.Pow(NORMALISER, -2, evaluate=False)))
    assert inner_sums(whole, shortest) == product(e, one, total(same, product(-1, e, one)))


def test_the_same_gets_the_same_again() -> None:
    """The names of atoms do not depend on what was done before."""
    body = total(product(X, reciprocal(NORMALISER)), product(X, NORMALISER))
    assert inner_sums(body, shortest) == inner_sums(body, shortest)
    assert is_inner_sum(NORMALISER)
    assert not is_inner_sum(Z)


def test_without_inner_sums_nothing_changes() -> None:
    """A summand with raw predictions alone is left to the rule."""
    body = total(product(X, s.raw_prediction(s.i)), product(X, Y))
    assert inner_sums(body, shortest) == shortest(body)
