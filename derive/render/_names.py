"""How names are written: Greek letters, Unicode subscripts and superscripts, and mathematics inside English text."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import TYPE_CHECKING

from derive.render._lookalikes import look_alike
from derive.terms.term import walk

if TYPE_CHECKING:
    from derive.certificate import Certificate

#: name of a Greek letter -> the letter
GREEK = {
    **dict(zip(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"], "αβγδεζηθ", strict=True)),
    **dict(zip(["iota", "kappa", "lambda", "mu", "nu", "xi", "omicron", "pi", "rho"], "ικλμνξοπρ", strict=True)),
    **dict(zip(["sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"], "στυφχψω", strict=True)),
    **dict(zip(["Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma"], "ΓΔΘΛΞΠΣ", strict=True)),
    **dict(zip(["Upsilon", "Phi", "Psi", "Omega"], "ΥΦΨΩ", strict=True)),
    "lam": "λ",
}
_LETTER = {letter: name for name, letter in GREEK.items() if name != "lam"}

_SUB = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_SUP = str.maketrans("0123456789+-=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_LOWERED = {chr(low): chr(plain) for plain, low in _SUB.items()}
_RAISED = {chr(high): chr(plain) for plain, high in _SUP.items()} | {"ᵀ": r"\mathsf{T}"}

_LOW, _HIGH = "".join(_LOWERED), "".join(_RAISED)
_FUNCTIONS = frozenset({"diag", "exp", "ln", "log", "sign", "max", "min", "tanh", "sin", "cos"})


def subscript(text: str) -> str | None:
    """The text in Unicode subscripts, or None where Unicode lacks one."""
    return _shifted(text, _SUB)


def superscript(text: str) -> str | None:
    """The text in Unicode superscripts, or None where Unicode lacks one."""
    return _shifted(text, _SUP)


def _shifted(text: str, table: dict[int, int]) -> str | None:
    plain = text.replace("−", "-").replace(" ", "")
    return plain.translate(table) if all(ord(c) in table for c in plain) else None


def unicode_name(name: str) -> str:
    """`theta` is θ, `x_1` is x₁, anything else is as it is."""
    if name in GREEK:
        return GREEK[name]
    stem, digits = split_name(name)
    return GREEK.get(stem, stem) + (subscript(digits) or "") if digits else name


def names_alike(c: Certificate) -> tuple[str, str] | None:
    """Two names of a certificate, or of one of its statements, that are printed alike."""
    steps = (t for d in c.derivations for t in (d.start, *(s.result for s in d.steps)))
    shown = [*([] if c.cost is None else [c.cost]), *steps]
    for terms in (shown, *(s.terms for s in c.statements)):
        nodes = [t for term in terms for t in walk(term)]
        arrays = {t.name for t in nodes if t.head in ("at", "matrix")}
        if found := printed_alike({t.name for t in nodes if t.head == "sym"}, arrays):
            return found
    return None


def printed_alike(names: Set[str], arrays: Set[str]) -> tuple[str, str] | None:
    """Two names that are printed in the same way, or look so, or one that is printed like an entry of an array."""
    if found := look_alike(names | arrays):
        return found
    seen: dict[str, str] = {}
    for name in sorted(names):
        printed = unicode_name(name)
        if printed in seen:
            return seen[printed], name
        seen[printed] = name
    lowered: dict[str, str] = {}
    for array in sorted(arrays):  # entries are printed with small letters
        if (small := unicode_name(array).lower()) in lowered:
            return lowered[small], array
        lowered[small] = array
        start = unicode_name(array)
        for printed, name in seen.items():
            rest = printed.removeprefix(start)
            if printed not in (start, rest) and all(c in _LOWERED for c in rest):
                return array, name
    return None


def latex_name(name: str) -> str:
    r"""`theta` is \theta, `x_1` is x_{1}, a word is set upright."""
    stem, digits = split_name(name)
    if digits:
        return f"{latex_name(stem)}_{{{digits}}}"
    name = _LETTER.get(name, name)
    if name in GREEK and name != "omicron":
        return "\\" + {"lam": "lambda"}.get(name, name)
    if len(name) == 1 and name.isascii():
        return name
    return rf"\{'mathrm' if name.isascii() else 'text'}{{{_escape_word(name)}}}"


def split_name(name: str) -> tuple[str, str]:
    """A letter and its number: x_1, x1, theta_12. Other names are one word."""
    match = re.fullmatch(r"([^\W\d_]|[A-Za-z]+)_?([0-9]+)", name)
    if match and (len(match[1]) == 1 or match[1] in GREEK):
        return match[1], match[2]
    return name, ""


def _escape_word(name: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else r"\_" if c == "_" else _other(c) for c in name)


_ASCII = {c: "\\" + c for c in "_%&#${}"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    '"': "''",
}
_CHARACTERS = "·×⊙≤≥≠±∂∇Σ∑∏√∞→⇒∈∧∨≈ℓ∘⌊⌋…"
_COMMANDS = [
    *["cdot", "times", "odot", "le", "ge", "ne", "pm", "partial", "nabla", "sum", "sum", "prod", "surd", "infty", "to"],
    *["Rightarrow", "in", "wedge", "vee", "approx", "ell", "circ", "lfloor", "rfloor", "dots"],
]
_MATH = {c: rf"\{command} " for c, command in zip(_CHARACTERS, _COMMANDS, strict=True)} | {
    "−": "-",
    "′": "'",
    "″": "''",
    "‖": r"\Vert ",
    "←": r"\leftarrow ",
    "½": r"\tfrac{1}{2}",
    "¼": r"\tfrac{1}{4}",
    "ℝ": r"\mathrm{R}",
}
_TEXT = {"–": "--", "—": "---", "’": "'", "‘": "`", "“": "``", "”": "''", "\u00a0": "~", "✓": "yes"}


def escape(text: str) -> str:
    """English text for LaTeX: special characters escaped, Unicode mathematics set as mathematics, all of it ASCII."""
    return re.sub(r"(?<!\\)\$\$", "", "".join(_pieces(text)))


def formula(text: str) -> str:
    """A formula in Unicode as LaTeX mathematics: letters are variables, words are upright."""
    parts = re.split(r", (?![^(]*\))", text) if " = " in text else [text]
    return r", \quad ".join(map(_one_formula, parts))


def _one_formula(text: str) -> str:
    runs = re.findall(rf"[A-Za-z]{{3,}}|\bln\b|[{_LOW}]+|[{_HIGH}]+|.", text.replace("\n", " "))
    return re.sub(r" +", " ", "".join(map(_in_formula, runs))).strip()


def _in_formula(run: str) -> str:
    if len(run) > 1 and run.isascii():
        return rf"\operatorname{{{run}}}" if run in _FUNCTIONS else rf"\text{{ {run} }}"
    math = _one(run)
    if re.fullmatch(r"\$[^$]+\$", math):
        return math[1:-1]
    return math if re.fullmatch(r"\\?[ -~]", math) else rf"\text{{{math}}}"


def _pieces(text: str) -> list[str]:
    return [_one(run) for run in re.findall(f"[{_LOW}]+|[{_HIGH}]+|.", text.replace("\n", " "))]


def _one(run: str) -> str:
    if run[0] in _LOWERED:
        return f"$_{{{''.join(_LOWERED[c] for c in run)}}}$"
    if run[0] in _RAISED:
        return f"$^{{{''.join(_RAISED[c] for c in run)}}}$"
    if run in _MATH or run in _LETTER:
        return f"${_MATH.get(run) or chr(92) + _LETTER[run] + ' '}$"
    return _ASCII.get(run) or _TEXT.get(run) or (run if run.isascii() and run.isprintable() else _other(run))


def _other(c: str) -> str:
    """A character that LaTeX's fonts may lack is named by its code, never dropped."""
    if "\u00c0" <= c <= "\u017f" and c.isalpha():
        return c
    return f"U+{ord(c):04X}"
