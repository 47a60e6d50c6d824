"""A fit in LaTeX: the coefficients, and beside them the update rule with the derived gradient and Hessian."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.fit.result import Fit

_ESCAPED = {c: "\\" + c for c in "_%&#${}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def latex(fit: Fit) -> str:
    """Display mathematics; needs amsmath."""
    lines = [r"\begin{aligned}", *_rule(fit)]
    for k, name in enumerate(fit.names):
        error = "" if fit.standard_errors is None else rf"\quad (\pm {_number(fit.standard_errors[k])})"
        said = "".join(_ESCAPED.get(c, c) for c in name)
        lines.append(rf"\theta_{{{k}}} &= {_number(fit.coefficients[k])}{error} && \text{{{said}}} \\")
    return "\n".join([*lines, r"\end{aligned}"]) + "\n"


def _rule(fit: Fit) -> list[str]:
    from derive import catalog, derivation
    from derive.render import latex as render
    from derive.terms.bridge import from_sympy

    loss = catalog.load(fit.loss)
    gradient = render.term(from_sympy(derivation.gradient(loss).result))
    if fit.method == "gradient-descent":
        return [rf"\theta &\leftarrow \theta - \alpha \, \nabla J, & \nabla J &= {gradient} \\"]
    if fit.method != "newton":
        return [rf"\nabla J &= {gradient} \\"]
    hessian = render.term(from_sympy(derivation.hessian(loss).result))
    rule = r"\theta &\leftarrow \theta - \left(\nabla^2 J\right)^{-1} \nabla J, &"
    return [rf"{rule} \nabla J &= {gradient}, & \nabla^2 J &= {hessian} \\"]


def _number(x: float) -> str:
    """Nine digits, with a power of ten where that is shorter."""
    if x == 0 or not 1e-4 <= abs(x) < 1e9:
        power = 0 if x == 0 else floor(log10(abs(x)))
        return "0" if x == 0 else rf"{x / 10.0**power:.9g} \cdot 10^{{{power}}}"
    return f"{x:.9g}"
