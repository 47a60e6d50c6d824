"""LaTeX to MathML, which browsers draw and screen readers speak with no script and no font of a server."""

from __future__ import annotations

import re
from html import escape

from latex2mathml.converter import convert

#: a word in upright letters, which the converter spells
_SPELT = re.compile(r'<mrow>((?:<mi mathvariant="normal">[^<]*</mi>){2,})</mrow>')
_FUNCTIONS = "ln|log|exp|tanh|cosh|sinh|sin|cos|diag|max|min|polygamma|digamma|logcosh"
_FUNCTION = re.compile(rf"<(m[io])>({_FUNCTIONS}|[a-z]*&#x00393;|[a-z]{{3,}})</\1>")
_ENDS = r"</(?:mi|mn|msub|msup|msubsup|mfrac|msqrt)>|&#x00029;</mo>(?:</mrow>)?"
_BEFORE = re.compile(rf"({_ENDS})(?=<mi>[a-z]{{2,}}</mi><mo>&#x2061;)")
_AFTER = re.compile(r"(<mo>&#x2061;</mo>)(?!(?:<mrow>)?<mo[^>]*>&#x000(?:28|5B);)")
_THIN = '<mspace width="0.17em"></mspace>'
_UNKNOWN = re.compile(r"\\[A-Za-z]+")


class UnknownCommand(ValueError):
    """LaTeX that the converter does not know: it would stand on the page as it is written."""


def mathml(source: str, display: bool) -> str:
    """A formula as an element of MathML, with its LaTeX as an annotation.

    >>> "<mi>ln</mi><mo>&#x2061;</mo>" in mathml(r"y \\ln h", display=False)
    True
    """
    shown = convert(source, display="block" if display else "inline")
    if unknown := _UNKNOWN.search(shown):
        raise UnknownCommand(f"{unknown.group()} in {source}")
    shown = re.sub(r' xmlns="[^"]*"', "", _spaced(_joined(shown)))
    head, _, inside = shown.removesuffix("</math>").partition(">")
    note = f'<annotation encoding="application/x-tex">{escape(source)}</annotation>'
    return f"{head}><semantics>{inside}{note}</semantics></math>"


def _joined(shown: str) -> str:
    """Words as words, a transpose as a letter, e and d as numbers and operators are: upright."""
    shown = _SPELT.sub(lambda m: f"<mi>{''.join(re.findall(r'>([^<]+)<', m[1]))}</mi>", shown)
    shown = shown.replace("&#x1D5B3;", "T").replace("<mi>T</mi>", '<mi mathvariant="normal">T</mi>')
    return shown.replace("<mi>&#x00065;</mi>", '<mi mathvariant="normal">e</mi>')


def _spaced(shown: str) -> str:
    """A function is applied to what follows, and stands a little apart from what is not in brackets."""
    shown = _FUNCTION.sub(r"<mi>\2</mi><mo>&#x2061;</mo>", shown)
    shown = _AFTER.sub(rf"\1{_THIN}", shown)
    return _BEFORE.sub(rf"\1{_THIN}", shown)
