"""Formulas in text: what is read means what Python and NumPy mean; all else is refused with its column."""

from __future__ import annotations

import contextlib
import json
import random
import time
from fractions import Fraction
from pathlib import Path

import mpmath as mp
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from derive.errors import FormulaError, TermError
from derive.terms.term import Term, add, at, make, mul, neg, num, power, sym
from derive.terms.text import parse_formula, unparse
from tests.shared import examples

FORMULAS = json.loads((Path(__file__).parents[1] / "data" / "formulas.json").read_text())
x, y, z = sym("x"), sym("y"), sym("z")

SHARED = ("exp", "log", "sign", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sech", "erf", "erfinv", "loggamma")
MEANING = {
    **{f: getattr(mp, f) for f in SHARED},
    "gamma": mp.gamma,
    "add": lambda *a: mp.fsum(a),
    "mul": lambda *a: mp.fprod(a),
    "pow": mp.power,
    "abs": mp.fabs,
    "max": max,
    "min": min,
    "polygamma": lambda k, t: mp.psi(int(k), t),
    "heaviside": lambda t: (mp.sign(t) + 1) / 2,
    "pi": lambda: mp.pi,
    "e": lambda: mp.e,
    "true": lambda: True,
    "false": lambda: False,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "and": lambda *a: all(a),
    "or": lambda *a: any(a),
    "not": lambda a: not a,
}


def value(t: Term, point: dict[str, mp.mpf]) -> mp.mpf | bool:
    """The value of a term at a point, straight from the meaning of the heads."""
    if t.head == "num":
        return mp.mpf(t.value.numerator) / t.value.denominator
    if t.head == "sym":
        return point[t.name]
    if t.head == "piecewise":
        pairs = zip(t.args[::2], t.args[1::2], strict=True)
        return next(value(v, point) for v, condition in pairs if value(condition, point))
    return MEANING[t.head](*(value(a, point) for a in t.args))


PYTHON = {
    **{f: getattr(mp, f) for f in (*SHARED, "sqrt", "digamma", "pi")},
    "Abs": mp.fabs,
    "Max": max,
    "polygamma": mp.psi,
    "Rational": lambda p, q: mp.mpf(p) / q,
    "Eq": lambda a, b: a == b,
    "Heaviside": lambda t, h: 0 if t < 0 else 1 if t > 0 else h,
    "Piecewise": lambda *pairs: next(v for v, condition in pairs if condition),
}


@pytest.mark.parametrize("record", FORMULAS, ids=lambda r: r["id"])
def test_formulas_met_in_public_code_mean_what_python_says(record: dict) -> None:
    """Every formula parses, has the value that Python's own reading of it has, and survives a round trip."""
    rng = random.Random(record["id"])
    for text in record["formulas"]:
        term = parse_formula(text)
        assert parse_formula(unparse(term)) == term
        for _ in range(3):
            point = {n: mp.mpf(rng.uniform(min(r), max(r))) for n, r in record["points"].items()}
            with mp.workdps(40):
                try:
                    expected = eval(text, PYTHON | point)
                except ZeroDivisionError:
                    continue
                assert mp.almosteq(value(term, point), expected, rel_eps=1e-12, abs_eps=1e-25), (text, point)


SAME = [
    ("2**3**2", "2**(3**2)"),
    ("-x**2", "-(x**2)"),
    ("2**-x", "2**(-x)"),
    ("0.1", "1/10"),
    ("1e-7", "1/10000000"),
    ("2.50e+1", "25"),
    ("np.sqrt(x)", "x**(1/2)"),
    ("ln(x)", "math.log(x)"),
    ("scipy.special.expit(x)", "sigmoid(x)"),
    ("F.softplus(x)", "softplus(x)"),
    ("np.maximum(0, x)", "Max(0, x)"),
    ("np.where(x > 0, y, z)", "Piecewise((y, 0 < x), (z, True))"),
    ("np.select([x > 0], [y], z)", "where(x > 0, y, z)"),
    ("clip(x, 0, 1)", "min(max(x, 0), 1)"),
    ("x >= y", "y <= x"),
    ("x < y <= z", "x < y and y <= z"),
    ("(x < y) & ~(y < z) | (x == z)", "x < y and not y < z or x == z"),
    ("digamma(x)", "polygamma(0, x)"),
    ("np.heaviside(x, 0.5)", "heaviside(x)"),
    ("diff(x, y, 2)", "Derivative(x, (y, 2))"),
    ("1/2*x", "Rational(1, 2)*x"),
    ("np.e", "E"),
    ("lambda*x", "lambda * x"),
    ("x\n + y", "x + y"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_ways_to_write_the_same(left: str, right: str) -> None:
    """NumPy's, SciPy's, SymPy's and the mathematical way of writing give one term."""
    assert parse_formula(left) == parse_formula(right)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("x + y*z", add(x, mul(y, z))),
        ("x - y*z", add(x, mul(num(-1), y, z))),
        ("-x*y", mul(num(-1), x, y)),
        ("(x + y) + z", add(add(x, y), z)),
        ("x/y/2", mul(x, power(y, num(-1)), num(1, 2))),
        ("x/0", mul(x, power(num(0), num(-1)))),
        ("e*E", mul(sym("e"), make("e"))),
        ("log(x, 2)", mul(make("log", x), power(make("log", num(2)), num(-1)))),
        ("X[i, k + 1]", at("X", sym("i"), add(sym("k"), num(1)))),
        (
            "Sum(X[i, k], (k, 0, n - 1))",
            make("sum", at("X", sym("i"), sym("k")), sym("k"), num(0), add(sym("n"), num(-1))),
        ),
        ("cbrt(x)", mul(make("sign", x), power(make("abs", x), num(1, 3)))),
        ("9**9**9**9", power(num(9), power(num(9), power(num(9), num(9))))),
    ],
)
def test_the_tree_of_a_formula(text: str, term: Term) -> None:
    """Precedence, chains and division are Python's; nothing is evaluated beyond literals."""
    assert parse_formula(text) == term


REFUSED = [
    ("", 1, "empty"),
    ("  \n ", 1, "empty"),
    ("x^2", 2, "write ** for a power"),
    ("x.5", 2, "operator is missing"),
    ("1..2", 3, "operator is missing"),
    ("2x", 2, "write 2*... to multiply"),
    ("2(x)", 2, "to multiply"),
    ("(x)(y)", 4, "to multiply"),
    ("x y", 3, "operator is missing"),
    ("a = b", 3, "write == to compare"),
    ("lgo(x)", 1, "did you mean 'log'?"),
    ("1 + np.sigmod(x)", 5, "did you mean 'np.sigmoid'?"),
    ("x.real", 1, "the attribute 'x.real'"),
    ("os.system(x)", 1, "the attribute"),
    ("x.__class__", 1, "'__class__' is not a name"),
    ("__import__('os')", 1, "'__import__' is not a name"),
    ("exp('x')", 5, "text has no place"),
    ("(lambda: x)()", 8, "lambdas have no place"),
    ("lambda q: q", 9, "lambdas have no place"),
    ("x if y else z", 3, "write where(condition, a, b)"),
    ("[x for x in y]", 4, "a word of Python"),
    ("1j", 1, "complex"),
    ("1 + 2.5J", 5, "complex"),
    ("x + I", 5, "imaginary"),
    ("oo", 1, "infinite"),
    ("np.inf", 1, "infinite"),
    ("nan", 1, "not a number"),
    ("1e999999999", 1, "exponent"),
    ("9" * 2000, 1, "1,000 digits"),
    ("gamma*gamma(x)", 7, "as a variable and as a function"),
    ("log(1, 2, 3)", 1, "log takes 1 to 2 arguments, not 3"),
    ("exp()", 1, "exp takes 1 argument, not 0"),
    ("where(x, y, z)", 1, "must be a condition"),
    ("x < 1 & y < 2", 7, "put each comparison in parentheses"),
    ("x + (y < z)", 3, "must be a value"),
    ("exp(x", 6, "expected ')'"),
    ("exp(x]", 6, "expected ')'"),
    ("x)", 2, "closes nothing"),
    ("(x, y)", 1, "a tuple can only be an argument"),
    ("exp((x, y))", 1, "takes no tuple"),
    ("Piecewise(x)", 1, "a pair (value, condition) is needed"),
    ("Sum(x, (i, 0))", 1, "a range is (index, first, last)"),
    ("Sum(x, (2, 0, n))", 1, "must be a name"),
    ("polygamma(k, x)", 1, "whole number"),
    ("Rational(x, 2)", 1, "literal"),
    ("x[]", 2, "write x[i]"),
    ("x[1:2]", 4, "slices"),
    ("x[1, 2, 3]", 2, "one index or two"),
    ("|x|", 1, "abs(x)"),
    ("x²", 1, "x**2"),
    ("σ(z) + φ(z)", 8, "not a known function"),
    ("x % 2", 3, "remainder"),
    ("np.exp", 1, "write its argument"),
    ("+", 2, "end of the formula"),
    ("(" * 300 + "x" + ")" * 300, 202, "nested too deeply"),
    ("-" * 300 + "x", 202, "nested too deeply"),
    ("x**" * 300 + "x", 1, "nested"),
    ("exp(" * 160 + "x" + ")" * 160, 1, "nested"),
]


@pytest.mark.parametrize(("text", "column", "why"), REFUSED, ids=[t[:25] for t, _, _ in REFUSED])
def test_what_is_refused(text: str, column: int, why: str) -> None:
    """Each refusal names its reason; a reason with a place gives the column."""
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    message = str(caught.value)
    assert why in message
    assert f"column {column}:" in message or "nested" in message


def test_the_caret_stands_below_the_place() -> None:
    """The error shows the line and a caret below the offending column, in long and in many lines."""
    with pytest.raises(FormulaError) as caught:
        parse_formula("x +\n  y*lgo(x)")
    assert str(caught.value).splitlines()[1:] == ["    y*lgo(x)", "      ^"]
    assert str(caught.value).startswith("line 2, column 5: 'lgo'")
    with pytest.raises(FormulaError) as caught:
        parse_formula("x + " * 500 + "lgo(x)")
    _, line, caret = str(caught.value).splitlines()
    assert line[len(caret) - 1 :].startswith("lgo(x)")
    assert len(line) < 80


@pytest.mark.parametrize(
    "text",
    [
        *("(" * 99_999, "x+" * 49_999 + "x", "((x)," * 10_000, "exp((" * 20_000, "[" * 100_000, "x<" * 49_999 + "x"),
        *("beta(" * 60 + "x" + ",x)" * 60, "x" * 200_000, "-" * 100_000, "1" * 100_000, "x[" * 50_000, "~" * 9999),
    ],
    ids=lambda t: t[:6],
)
def test_large_formulas_take_bounded_time(text: str) -> None:
    """A formula at the size limit is read or refused in seconds, never a crash of the interpreter."""
    start = time.process_time()
    with contextlib.suppress(FormulaError):
        parse_formula(text)
    assert time.process_time() - start < 5


def test_a_hundred_parentheses() -> None:
    """A hundred nested parentheses are no problem."""
    assert parse_formula("(" * 100 + "x" + ")" * 100) == x


WORDS = [
    "x",
    "y",
    "np.exp",
    "log",
    "(",
    ")",
    "[",
    "]",
    ",",
    "+",
    "-",
    "*",
    "/",
    "**",
    "<",
    "<=",
    "==",
    "!=",
    "&",
    "|",
    "~",
    "and",
    "or",
    "not",
    "1",
    "0.5",
    "1e3",
    "where",
    "Piecewise",
    "Sum",
    "diff",
    "True",
    "lambda",
    "if",
    "__a__",
    "'",
    "^",
    ".",
    ":",
    "1j",
    "gamma",
    "np.",
    "σ\n",
]


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)))
@settings(max_examples=examples(600, 150), deadline=1000)
@example("x" + "\0")
@example("\ud800")
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text is a formula or a FormulaError, and what is a formula survives a round trip."""
    with contextlib.suppress(FormulaError):
        term = parse_formula(text)
        assert parse_formula(unparse(term)) == term


def leaf(rng: random.Random) -> Term:
    """A name, a number, an entry or a constant."""
    name = sym(rng.choice(["x", "y", "theta", "lambda", "e"]))
    number = num(Fraction(rng.randint(-3, 3), rng.randint(1, 4)))
    return rng.choice([name, name, number, at("X", name), at("X", name, number), make("pi"), make("e")])


def condition(rng: random.Random, depth: int) -> Term:
    """A condition over values."""
    a, b = (make(rng.choice(["lt", "le", "eq", "ne"]), tree(rng, depth), tree(rng, depth)) for _ in range(2))
    return rng.choice([
        a,
        make("and", a, b, make("true")),
        make("or", make("and", a, b), b),
        make("not", make("or", a, make("not", b))),
    ])


def tree(rng: random.Random, depth: int) -> Term:
    """A random term with every kind of node."""
    if depth == 0 or rng.random() < 0.2:
        return leaf(rng)
    a, b, c = (tree(rng, depth - 1) for _ in range(3))
    i, k = sym("i"), sym("k")
    shapes = [
        *(add(a, b), add(a, b, c), mul(a, b), mul(a, b, c), neg(a), neg(mul(a, b)), power(a, b)),
        *(power(a, num(-1)), power(a, num(1, 2)), mul(a, power(b, num(-1))), add(a, neg(b)), mul(num(-1), a, b)),
        *(make(head, a) for head in ("exp", "log", "abs", "normcdf", "heaviside", "transpose")),
        *(make(head, a, b) for head in ("max", "xlogy", "matmul")),
        *(make("sum", a, i, b, c), make("diff", a, i), make("diff", a, at("X", i)), make("polygamma", num(2), a)),
        *(make("map", a, i, b), make("entries", a, i, k, b, c)),
        make("piecewise", a, condition(rng, depth - 1), b, make("true")),
    ]
    return rng.choice(shapes)


@given(st.integers(0, 2**32))
@settings(max_examples=examples(300, 80), deadline=2000)
def test_what_is_printed_is_read_back(seed: int) -> None:
    """`parse_formula(unparse(t))` is `t`, for every kind of term."""
    rng = random.Random(seed)
    for depth in (1, 2, 2, 3):
        term = tree(rng, depth)
        assert parse_formula(unparse(term)) == term


@pytest.mark.parametrize(
    "term",
    [
        mul(num(-3), num(2), x),
        mul(num(1), power(x, num(-1))),
        mul(power(x, num(-1)), num(1, 2)),
        mul(num(1, 2), num(1, 3), power(num(2), num(-1))),
        add(x, mul(num(-1), num(-1), power(y, num(-1)))),
        power(power(x, num(-1)), num(-1)),
        power(power(x, num(1, 2)), num(1, 2)),
        neg(neg(x)),
        mul(num(-1, 2), num(1, 3)),
        mul(num(0), power(num(0), num(-1))),
    ],
    ids=repr,
)
def test_awkward_terms_are_read_back(term: Term) -> None:
    """Products that a reader of formulas would join stay as they are."""
    assert parse_formula(unparse(term)) == term


@pytest.mark.parametrize("name", ["pi", "E", "I", "oo", "True", "if", "__a__", "np.x", "x²", "and", "µ"])
def test_names_that_a_formula_cannot_say(name: str) -> None:
    """A variable whose name means something else in a formula is not printed as if it were that."""
    with pytest.raises(TermError, match="rename"):
        unparse(add(sym(name), x))


def test_a_name_of_a_function_beside_the_function() -> None:
    """A variable `gamma` beside the function gamma cannot be written; alone it can."""
    assert unparse(add(sym("gamma"), x)) == "gamma + x"
    with pytest.raises(TermError, match="rename"):
        unparse(add(sym("gamma"), make("gamma", x)))
    with pytest.raises(TermError, match="900 digits"):
        unparse(num(10**1000))
