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


class normcdf(sp.Function):  # noqa: N801
    """Φ(z), the distribution function of the standard normal distribution; its derivative is φ(z)."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """φ(z)."""
        return normpdf(self.args[0])

    def _eval_rewrite_as_erf(self, z: sp.Expr, **_: Any) -> sp.Expr:
        return (1 + sp.erf(z / sp.sqrt(2))) / 2

    def _eval_is_positive(self) -> Any:
        return self.args[0].is_extended_real


class normpdf(sp.Function):  # noqa: N801
    """φ(z) = exp(−z²/2)/√(2π); its derivative is −zφ(z)."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """−zφ(z)."""
        return -self.args[0] * self

    def _eval_rewrite_as_exp(self, z: sp.Expr, **_: Any) -> sp.Expr:
        return sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)

    def _eval_is_positive(self) -> Any:
        return self.args[0].is_extended_real


class Defined(sp.Function):
    """A function that is a name for a formula and has no head of its own: its term is that of the formula."""

    nargs = 1

    def formula(self) -> sp.Expr:
        """What it stands for."""
        raise TypeError(f"{type(self).__name__} has no formula")

    def _eval_rewrite_as_exp(self, z: sp.Expr, **_: Any) -> sp.Expr:
        return self.formula().rewrite(sp.exp)


class cloglog_inverse(Defined):  # noqa: N801
    """1 − exp(−exp(z)), with values in (0, 1): the inverse of the complementary log-log function log(−log(1 − p))."""

    def formula(self) -> sp.Expr:
        """1 − exp(−exp(z))."""
        return 1 - sp.exp(-sp.exp(self.args[0]))

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """exp(z)(1 − p)."""
        return sp.exp(self.args[0]) * (1 - self)


class logcosh(Defined):  # noqa: N801
    """log cosh z."""

    def formula(self) -> sp.Expr:
        """log(cosh(z))."""
        return sp.log(sp.cosh(self.args[0]))


class log_normcdf(Defined):  # noqa: N801
    """log Φ(z); its derivative is φ(z)/Φ(z)."""

    def formula(self) -> sp.Expr:
        """log(Φ(z))."""
        return sp.log(normcdf(self.args[0]))


class mills(Defined):  # noqa: N801
    """φ(z)/Φ(z), the inverse Mills ratio at −z."""

    def formula(self) -> sp.Expr:
        """φ(z)/Φ(z)."""
        return normpdf(self.args[0]) / normcdf(self.args[0])


class mills_above(Defined):  # noqa: N801
    """z + φ(z)/Φ(z), which is positive."""

    def formula(self) -> sp.Expr:
        """z + φ(z)/Φ(z)."""
        return self.args[0] + mills(self.args[0]).formula()


class log_cloglog(Defined):  # noqa: N801
    """log(1 − exp(−exp(z)))."""

    def formula(self) -> sp.Expr:
        """log(1 − exp(−exp(z)))."""
        return sp.log(cloglog_inverse(self.args[0]).formula())


class cloglog_ratio(Defined):  # noqa: N801
    """u/(exp(u) − 1), u = exp(z): the derivative of log(1 − exp(−u)) with respect to z."""

    def formula(self) -> sp.Expr:
        """exp(z)/(exp(exp(z)) − 1)."""
        return sp.exp(self.args[0]) / (sp.exp(sp.exp(self.args[0])) - 1)


class cloglog_bend(Defined):  # noqa: N801
    """u((u − 1)exp(u) + 1)/(exp(u) − 1)², u = exp(z): minus the derivative of u/(exp(u) − 1) with respect to z."""

    def formula(self) -> sp.Expr:
        """As above."""
        u = sp.exp(self.args[0])
        return u * ((u - 1) * sp.exp(u) + 1) / (sp.exp(u) - 1) ** 2


class sqrt1pm1(Defined):  # noqa: N801
    """√(1 + x) − 1."""

    def formula(self) -> sp.Expr:
        """√(1 + x) − 1."""
        return sp.sqrt(1 + self.args[0]) - 1


class scaled_exp(Defined):  # noqa: N801
    """a exp(u), which is 0 for a = 0 where exp(u) overflows, too."""

    nargs = 2

    def formula(self) -> sp.Expr:
        """a exp(u)."""
        return self.args[0] * sp.exp(self.args[1])


class log1p(Defined):  # noqa: N801
    """log(1 + u)."""

    def formula(self) -> sp.Expr:
        """log(1 + u)."""
        return sp.log(1 + self.args[0])


FUNCTIONS = {f.__name__: f for f in (sigmoid, logit, softplus, logsigmoid, normcdf, normpdf)}
