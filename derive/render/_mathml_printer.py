"""Terms as MathML Core: what browsers draw and screen readers speak without a script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import ClassVar

from derive.render._names import GREEK, split_name
from derive.render._printer import ATOM, LETTERS, MUL, NAMES, POW, SOFT, Out, Printer, unmarked
from derive.terms.term import Term

#: what is not seen, but spoken: the application of a function, a product, and a comma between indices
_APPLIED, _TIMES, _COMMA = "<mo>\u2061</mo>", "<mo>\u2062</mo>", "<mo>\u2063</mo>"
_FENCES = {"abs": ("|", "|"), "floor": ("⌊", "⌋"), "entry": ("[", "]")}
_BIG = {"sum": "∑", "prod": "∏"}
_SHORT = 24
_GROUP = re.compile(rf"(?<!{_APPLIED}<mrow>)<mo[^<>]*>\(</mo>")
_WORD = re.compile(r"(<mrow>)*<mi>[^<>]{2,}</mi>")
_SPACE = '<mspace width="0.17em"></mspace>'
_TAG = re.compile(r"<[^>]*>")


class MathmlPrinter(Printer):
    """A text that is made of elements of MathML, one or several beside each other."""

    minus = "<mo>−</mo>"
    plus = "<mo>+</mo>"
    less = "<mo>&lt;</mo>"
    digits = "<mn>{}</mn>"
    constants: ClassVar[dict[str, str]] = {"pi": "<mi>π</mi>", "e": '<mi mathvariant="normal">e</mi>'} | {
        "euler_gamma": '<msub><mi>γ</mi><mi mathvariant="normal">E</mi></msub>',
        "true": "<mtext>true</mtext>",
        "false": "<mtext>false</mtext>",
    }
    relations: ClassVar[dict[str, str]] = {"lt": less, "le": "<mo>≤</mo>", "eq": "<mo>=</mo>", "ne": "<mo>≠</mo>"}
    logic: ClassVar[dict[str, str]] = {"and": "<mo>∧</mo>", "or": "<mo>∨</mo>", "not": "<mo>¬</mo>"}

    def name(self, name: str) -> str:
        return mathml_name(name)

    def brackets(self, inner: Out) -> str:
        left, right = ("[", "]") if self.grouped(inner.text) else ("(", ")")
        return _fenced(left, inner, right)

    def grouped(self, text: str) -> bool:
        return _GROUP.search(text) is not None and ">[</mo>" not in text

    def fraction(self, above: Out, below: Out) -> Out:
        return Out(f"<mfrac>{row(above.text)}{row(below.text)}</mfrac>", MUL, tall=True)

    def lower(self, base: str, indices: Sequence[str]) -> str:
        between = _COMMA if all(len(_seen(i)) == 1 for i in indices) else "<mo>,</mo>"
        return f"<msub>{row(base)}{row(between.join(indices))}</msub>"

    def raised(self, base: Out, exponent: Out) -> Out:
        return Out(f"<msup>{row(base.text)}{row(exponent.text)}</msup>", POW, tall=base.tall)

    def root(self, inner: Out) -> Out:
        return Out(f"<msqrt>{row(inner.text)}</msqrt>", tall=inner.tall)

    def big(self, head: str, index: str, first: Out, last: Out, body: Out) -> Out:
        below = f"<mrow>{index}<mo>=</mo>{row(first.text)}</mrow>"
        sign = f"<munderover><mo>{_BIG[head]}</mo>{below}{row(last.text)}</munderover>"
        return Out(f"{sign} {row(body.text)}", MUL, open=True, tall=True)

    def on_exp(self, t: Term) -> Out:
        """Short arguments as a power of e."""
        argument = self.term(t.args[0])
        if argument.tall or len(_seen(argument.text)) > _SHORT:
            return self.call("<mi>exp</mi>", [argument])
        return self.raised(Out(self.constants["e"]), argument)

    def call(self, function: str, args: Sequence[Out]) -> Out:
        function = function if function.startswith("<") else f"<mi>{escape(function)}</mi>"
        inner = Out("<mo>,</mo>".join(row(a.text) for a in args), tall=any(a.tall for a in args))
        bare = function == "<mi>ln</mi>" and len(args) == 1 and args[0].level == ATOM
        if bare and not (inner.tall or ">(</mo>" in inner.text):
            return Out(f"{function}{_APPLIED}{_SPACE}{inner.text}", open=True)
        return Out(f"<mrow>{function}{_APPLIED}{_fenced('(', inner, ')')}</mrow>", tall=inner.tall)

    def function(self, head: str) -> str:
        letter, variable = LETTERS.get(head, ("", ""))
        if not letter or variable in self.names:
            return f"<mi>{NAMES.get(head, head)}</mi>"
        if len(letter) == 1:
            return f"<mi>{letter}</mi>"
        inverse = f"<mrow>{self.minus}<mn>1</mn></mrow>"
        return (
            f"<msup><mi>Φ</mi>{inverse}</msup>" if letter == "Φ⁻¹" else f"<msub><mi>{letter[0]}</mi><mn>1</mn></msub>"
        )

    def fence(self, head: str, inner: Out) -> Out:
        left, right = _FENCES[head]
        return Out(_fenced(left, inner, right), tall=inner.tall)

    def derivative(self, d: str, order: int, body: Out, variables: Sequence[str]) -> Out:
        sign = f"<mo>{d}</mo>" if d == "∂" else '<mi mathvariant="normal">d</mi>'
        above = f"<msup>{sign}<mn>{order}</mn></msup>" if order > 1 else sign
        below = "".join(sign + v for v in variables)
        if order > 1 and len(set(variables)) == 1:
            below = f"{sign}<msup>{row(variables[0])}<mn>{order}</mn></msup>"
        short = not body.tall and len(_seen(body.text)) <= _SHORT
        inner = body.text if short and body.level == ATOM else self.brackets(body)
        if short:
            return Out(f"<mfrac>{row(above + inner)}{row(below)}</mfrac>", MUL, tall=True)
        return Out(f"<mfrac>{row(above)}{row(below)}</mfrac> {inner}", MUL, tall=True)

    def cases(self, rows: Sequence[tuple[Out, str]]) -> Out:
        lines = "".join(f"<mtr><mtd>{row(v.text)}</mtd><mtd>{_if(c)}</mtd></mtr>" for v, c in rows)
        return Out(f'<mrow><mo>{{</mo><mtable class="cases">{lines}</mtable></mrow>', open=True, tall=True)

    def transposed(self, base: Out) -> Out:
        return Out(f'<msup>{row(base.text)}<mi mathvariant="normal">T</mi></msup>', POW, tall=base.tall)

    def matrix_product(self, factors: Sequence[Out]) -> Out:
        return Out(f" {SOFT}{_TIMES}".join(f.text for f in factors), MUL, tall=any(f.tall for f in factors))

    def times(self, left: Out, right: Out, entrywise: bool, spaced: bool) -> str:
        if entrywise:
            return f" {SOFT}<mo>⊙</mo> "
        word = _SPACE if _WORD.match(right.text) else ""
        return f" {SOFT}{'<mo>⋅</mo>' if _seen(right.text)[:1].isdigit() else _TIMES}{word} "


def row(text: str) -> str:
    """One element: where an element of MathML takes a fixed number of others, several beside each other are a row."""
    text = unmarked(text)
    return text if re.fullmatch(r"<(m[ino])\b[^<>]*>[^<>]*</\1>", text) else f"<mrow>{text}</mrow>"


def mathml_name(name: str) -> str:
    """`theta` is θ, `x_1` is x with an index; a word is set upright, as browsers do with several letters.

    >>> mathml_name("theta_2")
    '<msub><mi>θ</mi><mn>2</mn></msub>'
    """
    stem, digits = split_name(name)
    letter = f"<mi>{escape(GREEK.get(stem, stem))}</mi>"
    return f"<msub>{letter}<mn>{digits}</mn></msub>" if digits else letter


def _fenced(left: str, inner: Out, right: str) -> str:
    """A bracket that may stretch has a wide place in some fonts, so only those stretch that have to."""
    mo = "<mo>" if inner.tall else '<mo stretchy="false">'
    return f"<mrow>{mo}{left}</mo>{row(inner.text)}{mo}{right}</mo></mrow>"


def _if(condition: str) -> str:
    return f"<mtext>if\u00a0</mtext>{row(condition)}" if condition else "<mtext>otherwise</mtext>"


def _seen(text: str) -> str:
    """The letters alone."""
    return re.sub(r"[\s\u2061-\u2063]", "", unmarked(_TAG.sub("", text)))
