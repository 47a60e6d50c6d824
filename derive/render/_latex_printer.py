"""Terms as LaTeX mathematics (amsmath), in ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from derive.render._latex_width import width
from derive.render._names import latex_name
from derive.render._printer import ADD, ATOM, BREAK, LETTERS, MUL, NAMES, POW, SOFT, Out, Printer, unmarked
from derive.terms.term import Term

_FENCES = {"abs": (r"\lvert ", r" \rvert"), "floor": (r"\lfloor ", r" \rfloor"), "entry": ("[", "]")}
_TALL_FENCES = {"abs": (r"\left\lvert ", r" \right\rvert")} | {
    "floor": (r"\left\lfloor ", r" \right\rfloor"),
    "entry": (r"\left[", r"\right]"),
}
_KNOWN = {"log": r"\ln", "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan"} | {
    name: "\\" + name for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min")
}
_LETTERS = {"σ": r"\sigma", "Γ": r"\Gamma", "φ": r"\varphi", "Φ": r"\Phi", "Φ⁻¹": r"\Phi^{-1}", "W": "W", "H": "H"}
_LETTERS |= {"E₁": "E_1"}
_SHORT = 60
_WIDEST = 45.0


class LatexPrinter(Printer):
    r"""\sigma(z_{i}), \frac{1}{m} \sum_{i=0}^{m - 1} (h_{i} - y_{i}) x_{ij}, X^{\mathsf{T}} (h - y)."""

    minus = "-"
    constants: ClassVar[dict[str, str]] = {"pi": r"\pi", "e": r"\mathrm{e}", "euler_gamma": r"\gamma_{\mathrm{E}}"} | {
        "true": r"\text{true}",
        "false": r"\text{false}",
    }
    relations: ClassVar[dict[str, str]] = {"lt": "<", "le": r"\le", "eq": "=", "ne": r"\ne"}
    logic: ClassVar[dict[str, str]] = {"and": r"\wedge", "or": r"\vee", "not": r"\neg"}

    def name(self, name: str) -> str:
        return latex_name(name)

    def brackets(self, inner: Out) -> str:
        left, right = ("[", "]") if self.grouped(inner.text) else ("(", ")")
        return rf"\left{left}{inner.text}\right{right}" if inner.tall else f"{left}{inner.text}{right}"

    def fraction(self, above: Out, below: Out) -> Out:
        if max(width(above.text), width(below.text)) > _WIDEST:
            return self._in_line(above, below)
        return Out(rf"\frac{{{unmarked(above.text)}}}{{{unmarked(below.text)}}}", MUL, tall=True)

    def _in_line(self, above: Out, below: Out) -> Out:
        """above / below: a line cannot be broken within a fraction."""
        top = self.brackets(above) if above.level < MUL or above.open else above.text
        bottom = self.brackets(below) if below.level < POW or below.open else below.text
        return Out(f"{top} {BREAK}/ {bottom}", ADD, tall=above.tall or below.tall)

    def lower(self, base: str, indices: Sequence[str]) -> str:
        return f"{base}_{{{('' if all(len(i) == 1 for i in indices) else ', ').join(indices)}}}"

    def raised(self, base: Out, exponent: Out) -> Out:
        return Out(f"{base.text}^{{{exponent.text}}}", POW, tall=base.tall)

    def root(self, inner: Out) -> Out:
        if width(inner.text) > _WIDEST:
            return self.raised(self.bracketed(inner), Out("1/2"))
        return Out(rf"\sqrt{{{unmarked(inner.text)}}}", ATOM, tall=inner.tall)

    def big(self, head: str, index: str, first: Out, last: Out, body: Out) -> Out:
        return Out(rf"\{head}_{{{index}={first.text}}}^{{{last.text}}} {body.text}", MUL, open=True, tall=True)

    def on_exp(self, t: Term) -> Out:
        """Short arguments as a power of e."""
        argument = self.term(t.args[0])
        if argument.tall or len(argument.text) > _SHORT:
            return self.call(r"\exp", [argument])
        return Out(rf"\mathrm{{e}}^{{{argument.text}}}", POW)

    def call(self, function: str, args: Sequence[Out]) -> Out:
        inner = Out(", ".join(a.text for a in args), tall=any(a.tall for a in args))
        if function == r"\ln" and len(args) == 1 and args[0].level == ATOM and not (inner.tall or "(" in inner.text):
            return Out(f"{function} {inner.text}", open=True)
        left, right = (r"\left(", r"\right)") if inner.tall else ("(", ")")
        return Out(f"{function}{left}{inner.text}{right}", tall=inner.tall)

    def function(self, head: str) -> str:
        letter, variable = LETTERS.get(head, ("", ""))
        if letter and variable not in self.names:
            return _LETTERS[letter]
        return _KNOWN.get(head) or rf"\operatorname{{{NAMES.get(head, head)}}}".replace("Γ", r"\Gamma")

    def fence(self, head: str, inner: Out) -> Out:
        left, right = (_TALL_FENCES if inner.tall else _FENCES)[head]
        return Out(f"{left}{inner.text}{right}", tall=inner.tall)

    def derivative(self, d: str, order: int, body: Out, variables: Sequence[str]) -> Out:
        sign = r"\partial" if d == "∂" else r"\mathrm{d}"
        power = f"^{{{order}}}" if order > 1 else ""
        below = " ".join(f"{sign} {v}" for v in variables)
        if len(set(variables)) == 1:
            below = f"{sign} {variables[0]}{power}"
        short = not body.tall and len(body.text) <= _SHORT
        inner = body.text if short and body.level == ATOM else self.brackets(body)
        above = f"{sign}{power}"
        return Out(
            rf"\frac{{{above} {inner}}}{{{below}}}" if short else rf"\frac{{{above}}}{{{below}}} {inner}",
            MUL,
            tall=True,
        )

    def cases(self, rows: Sequence[tuple[Out, str]]) -> Out:
        lines = (rf"{v.text} & \text{{if }} {c}" if c else rf"{v.text} & \text{{otherwise}}" for v, c in rows)
        # no line is broken inside: an alignment cannot be
        return Out(unmarked(r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"), open=True, tall=True)

    def transposed(self, base: Out) -> Out:
        return Out(rf"{base.text}^{{\mathsf{{T}}}}", POW, tall=base.tall)

    def matrix_product(self, factors: Sequence[Out]) -> Out:
        return Out(f" {SOFT}".join(f.text for f in factors), MUL, tall=any(f.tall for f in factors))

    def times(self, left: Out, right: Out, entrywise: bool, spaced: bool) -> str:
        if entrywise:
            return rf" {SOFT}\odot "
        return rf" {SOFT}\cdot " if right.text[0].isdigit() else f" {SOFT}"
