"""A loss: what one sample costs, and everything a reader or a check has to know about it. A loss file is data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from derive import symbols as s
from derive.domain import Range
from derive.writing import product, put, total, written


@dataclass(frozen=True)
class Loss:
    """The loss ℓ(h, y) of one sample, with h = inverse_link(z), and the cost J(θ) = 1/m Σ wᵢ ℓ(hᵢ, yᵢ) + penalty.

    `value` is written in `symbols.h` and `symbols.y`, `inverse_link` in `symbols.z`. `penalty` is "none" or "l2":
    λ/(2m) Σ_{k≥1} θₖ², which leaves the bias θ₀ alone. `weighted` puts the sample weights wᵢ into the printed
    derivation; without it every weight is 1. `constant_to_optimal_zero` is the term that was dropped from the loss:
    with it the loss of a perfect prediction is 0.
    """

    name: str
    title: str
    value: sp.Expr
    inverse_link: sp.Expr
    interval_y_true: Range
    interval_h: Range
    link: str
    constant_to_optimal_zero: sp.Expr
    reference: str
    description: str
    penalty: str = "none"
    weighted: bool = False

    @property
    def of_raw_prediction(self) -> sp.Expr:
        """ℓ as a function of z and y."""
        return put(self.value, {s.h: self.inverse_link})

    def prediction(self, row: sp.Expr) -> sp.Expr:
        """hᵢ, the prediction for one row of X."""
        return put(self.inverse_link, {s.z: s.raw_prediction(row)})

    @cached_property
    def cost(self) -> sp.Expr:
        """J(θ), with m and n symbolic, in written order."""
        sample = put(self.value, {s.h: self.prediction(s.i), s.y: s.entry(s.y_vector, s.i)})
        weight = s.entry(s.w_vector, s.i) if self.weighted else 1
        data = sp.Sum(product(weight, sample), (s.i, 0, s.m - 1))
        return written(total(product(1 / s.m, data), self.penalty_term))

    @property
    def penalty_term(self) -> sp.Expr:
        """λ/(2m) Σ_{k=1}^{n−1} θₖ², or 0."""
        if self.penalty == "none":
            return sp.S.Zero
        return s.lam * sp.Sum(s.entry(s.theta, s.k) ** 2, (s.k, 1, s.n - 1)) / (2 * s.m)
