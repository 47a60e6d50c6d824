"""Terms as one line of Unicode mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from derive.render._names import subscript, superscript, unicode_name
from derive.render._printer import ADD, ATOM, LETTERS, MUL, NAMES, POW, SOFT, Out, Printer, unmarked

_FENCES = {"abs": ("|", "|"), "floor": ("⌊", "⌋"), "entry": ("[", "]")}
_SHORT = 40


class TextPrinter(Printer):
    """σ(zᵢ), 1/m · Σᵢ₌₀ᵐ⁻¹ (hᵢ − yᵢ)·xᵢⱼ, ∂hᵢ/∂θⱼ."""

    minus = "−"
    constants: ClassVar[dict[str, str]] = {"pi": "π", "e": "e", "euler_gamma": "γ_E", "true": "true", "false": "false"}
    relations: ClassVar[dict[str, str]] = {"lt": "<", "le": "≤", "eq": "=", "ne": "≠"}
    logic: ClassVar[dict[str, str]] = {"and": "and", "or": "or", "not": "not"}

    def name(self, name: str) -> str:
        return unicode_name(name)

    def brackets(self, inner: Out) -> str:
        left, right = ("[", "]") if self.grouped(inner.text) else ("(", ")")
        return f"{left}{inner.text}{right}"

    def fraction(self, above: Out, below: Out) -> Out:
        top = self.brackets(above) if above.level < MUL or above.open else above.text
        return Out(f"{top}/{self._tight(below)}", MUL)

    def _tight(self, out: Out) -> str:
        return self.brackets(out) if out.level < POW or out.open else out.text

    def lower(self, base: str, indices: Sequence[str]) -> str:
        text = ("" if all(len(i) == 1 for i in indices) else ", ").join(indices)
        low = subscript(text)
        return base + low if low else f"{base}_{text if len(text) == 1 else '{' + text + '}'}"

    def raised(self, base: Out, exponent: Out) -> Out:
        high = superscript(unmarked(exponent.text))
        return Out(
            base.text + (high or f"^{exponent.text if exponent.level == ATOM else self.brackets(exponent)}"), POW
        )

    def root(self, inner: Out) -> Out:
        return Out(f"√{inner.text if inner.level == ATOM and inner.text.isalnum() else self.brackets(inner)}", POW)

    def big(self, head: str, index: str, first: Out, last: Out, body: Out) -> Out:
        start, end = f"{index}={first.text}", last.text
        low = subscript(unmarked(start)) or f"_{{{start}}}"
        high = superscript(unmarked(end)) or f"^{{{end}}}"
        return Out(f"{'Σ' if head == 'sum' else '∏'}{low}{high} {body.text}", MUL, open=True)

    def call(self, function: str, args: Sequence[Out]) -> Out:
        return Out(f"{function}({', '.join(a.text for a in args)})")

    def function(self, head: str) -> str:
        letter, variable = LETTERS.get(head, ("", ""))
        return letter if letter and variable not in self.names else NAMES.get(head, head)

    def fence(self, head: str, inner: Out) -> Out:
        if head == "abs" and "|" in inner.text:
            return self.call(head, [inner])
        left, right = _FENCES[head]
        return Out(f"{left}{inner.text}{right}")

    def derivative(self, d: str, order: int, body: Out, variables: Sequence[str]) -> Out:
        power = superscript(str(order)) if order > 1 else ""
        below = "".join(d + v for v in variables)
        if len(set(variables)) == 1:
            below = f"{d}{variables[0]}{power}"
        short = len(body.text) <= _SHORT and "/" not in body.text and not body.open
        inner = body.text if short and body.level == ATOM else self.brackets(body)
        return Out(f"{d}{power}{inner}/{below}" if short else f"{d}{power}/{below} {inner}", MUL)

    def cases(self, rows: Sequence[tuple[Out, str]]) -> Out:
        return Out("{" + "; ".join(f"{v.text} if {c}" if c else f"{v.text} otherwise" for v, c in rows) + "}")

    def transposed(self, base: Out) -> Out:
        return Out(f"{base.text}ᵀ", POW)

    def matrix_product(self, factors: Sequence[Out]) -> Out:
        text = factors[0].text
        for left, right in pairwise(factors):
            close = (right.text[0] == "(" and left.text[-1] != ")") or (len(left.text) == 1 and len(right.text) == 1)
            text += ("" if close else f" {SOFT}") + right.text
        return Out(text, MUL)

    def times(self, left: Out, right: Out, entrywise: bool, spaced: bool) -> str:
        if entrywise:
            return f" {SOFT}⊙ "
        if left.text.isdecimal() and right.text.isalpha() and len(right.text) <= 3 and right.level > ADD:
            return ""
        return f" {SOFT}· " if spaced else f"{SOFT}·"
