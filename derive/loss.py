"""A loss: what one sample costs, and everything a reader or a check has to know about it. A loss file is data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import sympy as sp

from derive import symbols as s
from derive.domain import REAL, Range
from derive.errors import DomainError, FormulaError
from derive.writing import product, put, summed, total, written

if TYPE_CHECKING:
    from derive.theorem import Statement


@dataclass(frozen=True)
class Parameter:
    """A parameter of a loss, such as the δ of Huber's: a symbol in the derivation, and numbers for the comparison.

    The first of the `values` is the default of the compiled functions.
    """

    symbol: sp.Symbol
    range: Range
    says: str
    values: tuple[Fraction, ...]


@dataclass(frozen=True)
class Kink:
    """The raw prediction at which ℓ lacks a first or second derivative, and what the formulas take for it there."""

    at: sp.Expr
    says: str


@dataclass(frozen=True)
class Loss:
    """The loss ℓ(h, y) of one sample, with h = inverse_link(z), and the cost J(θ) = 1/m Σ wᵢ ℓ(hᵢ, yᵢ) + penalty.

    `value` is written in `symbols.h` and `symbols.y`, `inverse_link` in `symbols.z`. `penalty` is "none" or "l2":
    λ/(2m) Σ_{k≥1} θₖ², which leaves the bias θ₀ alone. `weighted` puts the sample weights wᵢ into the printed
    derivation; without it every weight is 1. `constant_to_optimal_zero` is the term that was dropped from the loss:
    with it the loss of a perfect prediction is 0.

    `multiply_out` is False where the third step of a derivation reads better with its products left as they are.
    `best_h` is the perfect prediction, None where there is none or no formula for it. `convex` says whether ℓ is
    convex in z; `statements` are further ones, in z, y and the parameters, and `convex_by` says that they are why ℓ is
    convex. `computed` are forms of ℓ ("cost"), ∂ℓ/∂z ("gradient") and ∂²ℓ/∂z² ("hessian") that are more accurate in
    floating point than the derived ones. All of this is proved. `interval_z` are the raw predictions for
    which the loss is meant: all, or positive ones. `kinks` name the places without a derivative.
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
    multiply_out: bool = True
    parameters: tuple[Parameter, ...] = ()
    convex: bool = True
    best_h: sp.Expr | None = s.y
    interval_z: Range = REAL
    kinks: tuple[Kink, ...] = ()
    statements: tuple[Statement, ...] = field(default=(), hash=False)
    convex_by: bool = False
    computed: tuple[tuple[str, sp.Expr], ...] = ()

    def __post_init__(self) -> None:
        """A `FormulaError` for what is no formula in these variables, a `DomainError` for what is no range."""
        for name, allowed in (("value", {s.h, s.y}), ("inverse_link", {s.z})):
            self._check_formula(name, allowed | {p.symbol for p in self.parameters})
        for name in ("interval_y_true", "interval_h", "interval_z"):
            if not isinstance(getattr(self, name), Range):
                said = f"the loss {self.name!r}: {name} is {getattr(self, name)!r}, which is no range"
                raise DomainError(f'{said}; write derive.domain.parse_range("[0, 1]")')

    def _check_formula(self, name: str, allowed: set[sp.Symbol]) -> None:
        formula = getattr(self, name)
        if not isinstance(formula, sp.Expr):
            said = f"{name} is {str(formula)[:60]!r}, which is no SymPy expression"
        elif other := sorted(v.name for v in formula.free_symbols - allowed):
            said = f"{name} has {', '.join(other)}, which is none of its variables"
        else:
            return
        names = ", ".join(sorted(v.name for v in allowed))
        raise FormulaError(f"the loss {self.name!r}: {said}; write it in {names} of derive.symbols")

    @property
    def ranges(self) -> dict[str, Range]:
        """The ranges of z, y and the parameters."""
        own = {p.symbol.name: p.range for p in self.parameters}
        return {"z": self.interval_z, "y": self.interval_y_true, **own}

    @property
    def defaults(self) -> dict[str, Fraction]:
        """The default numbers of the parameters."""
        return {p.symbol.name: p.values[0] for p in self.parameters}

    @property
    def settings(self) -> list[dict[str, Fraction]]:
        """The numbers at which formulas are compared: the defaults, then other values of one parameter at a time."""
        others = [{**self.defaults, p.symbol.name: v} for p in self.parameters for v in p.values[1:]]
        return [self.defaults, *others]

    def __repr__(self) -> str:
        return f"<Loss {self.name}>"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self._latex()}$"

    def _repr_markdown_(self) -> str:
        from derive.render import markdown

        title, description = map(markdown.escape, (self.title, self.description))
        return f"**{title}**\n\n{markdown.inline(self._latex())}\n\n{description}\n"

    def _latex(self) -> str:
        from derive.render import latex
        from derive.terms.bridge import from_sympy

        value, link = (latex.term(from_sympy(e)) for e in (self.value, self.inverse_link))
        return rf"\ell(h, y) = {value}, \quad h = {link}"

    def at(self, values: Mapping[str, float | Fraction]) -> Loss:
        """The loss with numbers for its parameters: those given, and the defaults. `DomainError` for others."""
        numbers = self.numbers(values)
        if not numbers:
            return self
        return replace(
            self,
            value=self.value.xreplace(numbers),
            computed=tuple((name, form.xreplace(numbers)) for name, form in self.computed),
            kinks=tuple(replace(kink, at=kink.at.xreplace(numbers)) for kink in self.kinks),
            parameters=(),
            statements=(),
        )

    def numbers(self, values: Mapping[str, float | Fraction]) -> dict[sp.Symbol, sp.Rational]:
        """Numbers for the parameters, their defaults where they are not given. `DomainError` for others."""
        numbers = {p.symbol: _number(p, values.get(p.symbol.name, p.values[0])) for p in self.parameters}
        if unknown := sorted(set(values) - {v.name for v in numbers}):
            known = ", ".join(v.name for v in numbers) or "none"
            raise DomainError(f"the loss {self.name!r} has no parameter {unknown[0]!r}; its parameters: {known}")
        return numbers

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
        data = summed(product(weight, sample), (s.i, 0, s.m - 1))
        return written(total(product(1 / s.m, data), self.penalty_term))

    @property
    def penalty_term(self) -> sp.Expr:
        """λ/(2m) Σ_{k=1}^{n−1} θₖ², or 0."""
        if self.penalty == "none":
            return sp.S.Zero
        return s.lam * sp.Sum(s.entry(s.theta, s.k) ** 2, (s.k, 1, s.n - 1)) / (2 * s.m)


def _number(parameter: Parameter, value: float | Fraction) -> sp.Rational:
    """The number as it is written, if it is in the parameter's range."""
    exact = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    if exact not in parameter.range:
        raise DomainError(f"{parameter.symbol.name} is {value}: it must be in {parameter.range} ({parameter.says})")
    return sp.Rational(exact.numerator, exact.denominator)
