"""Terms in print: every head, the order people write in, short names, and names that could be mistaken."""

from __future__ import annotations

import re

import pytest

from derive.certificate import Notation
from derive.render import latex, text
from derive.terms.term import (
    BINDERS,
    CONDITION_HEADS,
    HEADS,
    MATRIX_HEADS,
    Term,
    add,
    at,
    make,
    mul,
    neg,
    num,
    power,
    sym,
)
from derive.terms.term import sub as minus

i, j, k, m, n, x, y, z, d = map(sym, "ijkmnxyzd")
X, THETA, Y = (
    make("matrix", sym("X"), m, n),
    make("matrix", sym("theta"), n, num(1)),
    make("matrix", sym("y"), m, num(1)),
)
Z_I = make("sum", mul(at("X", i, k), at("theta", k)), k, num(0), add(num(-1), n))
H_I = make("sigmoid", Z_I)
NOTATION = (Notation("h", ("i",), H_I), Notation("z", ("i",), Z_I))
H = make("map", make("sigmoid", d), d, make("matmul", X, THETA))


def total(body: Term) -> Term:
    """1/m Σᵢ body."""
    return mul(power(m, num(-1)), make("sum", body, i, num(0), add(num(-1), m)))


def example(head: str) -> Term:
    """A term with that head, of arguments that it takes."""
    condition = make("lt", x, y)
    special = {
        **dict.fromkeys(("and", "or"), (condition, condition)),
        **{h: (x, k, num(0), n) for h in ("sum", "prod")},
        "not": (condition,),
        "piecewise": (x, condition, y, make("true")),
        "at": (sym("X"), i, k),
        "diff": (x, y),
        "polygamma": (num(2), x),
        "matrix": (sym("X"), m, n),
        "map": (make("exp", d), d, X),
        "entries": (at("X", j, i), i, j, n, m),
        "entry": (make("transpose", X), i, j),
        "scale": (x, X),
        **dict.fromkeys(("matmul", "matadd"), (X, X)),
        **dict.fromkeys(("diag",), (Y,)),
        "transpose": (X,),
    }
    least = HEADS[head][0]
    return make(head, *special.get(head, (x, y, z, x)[:least]))


@pytest.mark.parametrize("head", HEADS)
def test_every_head_prints(head: str) -> None:
    """Both printers print every head: one line, nothing of Python's own notation, LaTeX in ASCII with closed braces."""
    t = example(head)
    for printed in (text.term(t), latex.term(t)):
        assert printed.isprintable()
        assert printed.strip() == printed != ""
        assert "Term" not in printed
        assert "None" not in printed
    assert latex.term(t).isascii()
    assert latex.term(t).count("{") == latex.term(t).count("}")


def test_different_heads_look_different() -> None:
    """No two operations on the same arguments print alike, but a sum of matrices and a sum of numbers."""
    plain = [h for h in HEADS if h not in MATRIX_HEADS | CONDITION_HEADS | set(BINDERS) | {"entry"}]
    for print_ in (text.term, latex.term):
        printed = [print_(example(h)) for h in plain]
        assert sorted(set(printed)) == sorted(printed)


@pytest.mark.parametrize(
    ("t", "as_text", "as_latex"),
    [
        (add(neg(at("y", i)), at("h", i)), "hᵢ − yᵢ", "h_{i} - y_{i}"),
        (add(neg(x), num(1)), "1 − x", "1 - x"),
        (add(num(-1), n), "n − 1", "n - 1"),
        (add(num(1), x), "x + 1", "x + 1"),
        (add(num(1), make("exp", neg(z))), "1 + exp(−z)", r"1 + \mathrm{e}^{-z}"),
        (neg(add(x, y)), "−(x + y)", "-(x + y)"),
        (neg(minus(neg(x), y)), "x + y", "x + y"),
        (add(neg(x), neg(y)), "−x − y", "-x - y"),
        (mul(x, power(y, num(-1))), "x/y", r"\frac{x}{y}"),
        (mul(num(1, 2), x, power(m, num(-1))), "x/(2m)", r"\frac{x}{2 m}"),
        (power(power(x, num(2)), num(3)), "(x²)³", "(x^{2})^{3}"),
        (power(x, power(y, num(2))), "x^(y²)", "x^{y^{2}}"),
        (power(minus(x, y), num(-2)), "1/(x − y)²", r"\frac{1}{(x - y)^{2}}"),
        (power(num(-2), num(2)), "(−2)²", "(-2)^{2}"),
        (power(add(x, num(1)), num(1, 2)), "√(x + 1)", r"\sqrt{x + 1}"),
        (mul(num(2), power(num(3), x)), "2·3ˣ", r"2 \cdot 3^{x}"),
        (make("log", minus(num(1), x)), "ln(1 − x)", r"\ln(1 - x)"),
        (make("diff", minus(num(1), at("h", i)), at("theta", j)), "∂(1 − hᵢ)/∂θⱼ",
         r"\frac{\partial (1 - h_{i})}{\partial \theta_{j}}"),
        (make("diff", make("diff", x, at("a", j)), at("a", j)), "∂²x/∂aⱼ²",
         r"\frac{\partial^{2} x}{\partial a_{j}^{2}}"),
        (make("diff", make("sigmoid", z), z), "dσ(z)/dz", r"\frac{\mathrm{d} \sigma(z)}{\mathrm{d} z}"),
        (at("X", num(0), add(k, num(1))), "x_{0, k + 1}", "x_{0, k + 1}"),
        (make("piecewise", x, make("le", x, y), y, make("true")), "{x if x ≤ y; y otherwise}",
         r"\begin{cases} x & \text{if } x \le y \\ y & \text{otherwise} \end{cases}"),
        (make("matmul", make("transpose", X), minus(H, Y)), "Xᵀ(σ(Xθ) − y)",
         r"X^{\mathsf{T}} (\sigma(X \theta) - y)"),
    ],
)  # fmt: skip
def test_the_way_people_write(t: Term, as_text: str, as_latex: str) -> None:
    """Order, signs, fractions and derivatives are as in a book."""
    assert text.term(t) == as_text
    assert latex.term(t) == as_latex


def test_the_four_steps() -> None:
    """The lines of the derivation of logistic regression, with h for the prediction."""
    y_i, rest = at("y", i), minus(num(1), H_I)
    cost = total(minus(neg(mul(y_i, make("log", H_I))), mul(minus(num(1), y_i), make("log", rest))))
    first = neg(total(add(
        mul(y_i, power(H_I, num(-1)), make("diff", H_I, at("theta", j))),
        mul(minus(num(1), y_i), power(rest, num(-1)), make("diff", rest, at("theta", j))),
    )))  # fmt: skip
    matrix = make(
        "scale", power(m, num(-1)), make("matmul", make("transpose", X), make("matadd", make("scale", num(-1), Y), H))
    )
    assert text.term(cost, NOTATION) == "−1/m · Σᵢ₌₀ᵐ⁻¹ [yᵢ·ln(hᵢ) + (1 − yᵢ)·ln(1 − hᵢ)]"
    assert text.term(first, NOTATION) == (
        "−1/m · Σᵢ₌₀ᵐ⁻¹ [yᵢ · 1/hᵢ · ∂hᵢ/∂θⱼ + (1 − yᵢ) · 1/(1 − hᵢ) · ∂(1 − hᵢ)/∂θⱼ]"
    )
    assert text.term(total(mul(minus(H_I, y_i), at("X", i, j))), NOTATION) == "1/m · Σᵢ₌₀ᵐ⁻¹ (hᵢ − yᵢ)·xᵢⱼ"
    assert text.term(matrix, NOTATION) == "1/m · Xᵀ(h − y)"
    assert latex.term(matrix, NOTATION) == r"\frac{1}{m} X^{\mathsf{T}} (h - y)"


def test_hessians() -> None:
    """diag(h ⊙ (1 − h)), however the vector is written, and D for the matrix that leaves the bias alone."""
    weights = make("map", mul(make("sigmoid", d), minus(num(1), make("sigmoid", d))), d, make("matmul", X, THETA))
    entries = make("entries", mul(minus(num(1), H_I), H_I), i, j, m, num(1))
    assert text.term(make("diag", weights), NOTATION) == "diag(h ⊙ (1 − h))"
    assert text.term(make("diag", entries), NOTATION) == "diag(h ⊙ (1 − h))"
    spared = make("entries", minus(num(1), make("delta", num(0), j)), j, k, n, num(1))
    assert text.term(make("matmul", make("diag", spared), THETA)) == "Dθ"
    assert "δ" in text.term(make("diag", make("entries", minus(num(1), make("delta", num(1), j)), j, k, n, num(1))))
    assert text.term(make("entries", at("X", j, i), i, j, n, m)) == "[xⱼᵢ]_{i < n, j < m}"


def test_a_constant_vector_is_no_number() -> None:
    """A vector of ones does not print as 1."""
    assert text.term(make("diag", make("entries", num(1), i, j, m, num(1)))) == "diag([1]_{i < m})"
    assert text.term(make("map", num(2), d, Y)) == "map(2, d, y)"


@pytest.mark.parametrize(
    "t",
    [
        make("sum", mul(at("X", i, k), at("theta", k)), k, num(1), add(num(-1), n)),
        make("sum", mul(at("X", i, k), at("theta", k)), k, num(0), add(num(-2), n)),
        make("sum", mul(at("X", k, k), at("theta", k)), k, num(0), add(num(-1), n)),
        make("sum", mul(at("X", i, k), at("theta", i)), k, num(0), add(num(-1), n)),
        make("sum", mul(at("theta", k), at("W", i, k)), k, num(0), add(num(-1), n)),
        add(Z_I, sym("z"), at("h", i)),
        make("matmul", make("matrix", sym("X"), m, add(n, num(1))), THETA),
    ],
)
def test_what_is_not_the_notation_is_not_printed_as_it(t: Term) -> None:
    """Another range, another index, another array, another size, or a name that is taken already: no short name."""
    assert not re.search(r"z[ᵢₖ_]|\bz$", text.term(t, NOTATION))


def test_notation_with_other_indices() -> None:
    """Renamed bound indices and another order are the same; whatever stands for the index is printed there."""
    other = make("sum", mul(at("theta", j), at("X", num(3), j)), j, num(0), add(num(-1), n))
    assert text.term(other, NOTATION) == "z₃"
    assert text.term(make("sigmoid", other), NOTATION) == "h₃"
    assert latex.term(make("sum", Z_I, i, num(0), k), NOTATION) == r"\sum_{i=0}^{k} z_{i}"


def test_letters_of_functions_give_way() -> None:
    """Where a variable is called sigma, gamma, W, delta or e, the function is written out or looks different."""
    for name, head in [
        ("sigma", "sigmoid"),
        ("W", "lambertw"),
        ("Phi", "normcdf"),
        ("phi", "normpdf"),
        ("H", "heaviside"),
    ]:
        t = mul(sym(name), make(head, sym(name)))
        assert head in text.term(t)
        assert head in latex.term(t)
    assert text.term(mul(sym("delta"), make("delta", i, j))) == "δ·[i = j]"
    assert text.term(mul(at("X", i, j), at("x", i, j))) == "Xᵢⱼ·xᵢⱼ"


def test_names() -> None:
    """Greek names are Greek, numbers are indices, words are upright, and every name can be typeset."""
    assert [text.term(sym(s)) for s in ("lambda", "theta_2", "x1", "raw_value", "é")] == [
        "λ",
        "θ₂",
        "x₁",
        "raw_value",
        "é",
    ]
    assert [latex.term(sym(s)) for s in ("lambda", "theta_2", "x1", "raw_value", "λ", "中")] == [
        r"\lambda", r"\theta_{2}", "x_{1}", r"\mathrm{raw\_value}", r"\lambda", r"\text{U+4E2D}",
    ]  # fmt: skip
