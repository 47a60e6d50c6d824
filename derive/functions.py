"""SymPy functions for the heads that SymPy lacks. They stay as written: SymPy never rewrites them on its own."""

from __future__ import annotations

from typing import Any

import sympy as sp


class sigmoid(sp.Function):  # noqa: N801  (named as it is written in formulas)
    """The logistic function σ(z) = 1/(1 + exp(−z)), with values in (0, 1)."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """σ′ = σ(1 − σ)."""
        value = sigmoid(self.args[0])
        return value * (1 - value)

    def _eval_evalf(self, prec: int) -> Any:
        return self.rewrite(sp.exp)._eval_evalf(prec)

    def _eval_rewrite_as_exp(self, z: sp.Expr, **_: Any) -> sp.Expr:
        return 1 / (1 + sp.exp(-z))

    def _eval_is_positive(self) -> Any:
        return self.args[0].is_extended_real

    def _eval_is_real(self) -> Any:
        return self.args[0].is_extended_real


class logit(sp.Function):  # noqa: N801
    """The inverse of the logistic function: log(p/(1 − p)) for 0 < p < 1."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """1/(p(1 − p))."""
        p = self.args[0]
        return 1 / (p * (1 - p))

    def _eval_rewrite_as_log(self, p: sp.Expr, **_: Any) -> sp.Expr:
        return sp.log(p / (1 - p))


class softplus(sp.Function):  # noqa: N801
    """log(1 + exp(z)); its derivative is the logistic function."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """σ(z)."""
        return sigmoid(self.args[0])

    def _eval_rewrite_as_exp(self, z: sp.Expr, **_: Any) -> sp.Expr:
        return sp.log(1 + sp.exp(z))


class logsigmoid(sp.Function):  # noqa: N801
    """log σ(z) = −log(1 + exp(−z)); its derivative is σ(−z)."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """σ(−z)."""
        return sigmoid(-self.args[0])

    def _eval_rewrite_as_exp(self, z: sp.Expr, **_: Any) -> sp.Expr:
        return -sp.log(1 + sp.exp(-z))


FUNCTIONS = {f.__name__: f for f in (sigmoid, logit, softplus, logsigmoid)}
