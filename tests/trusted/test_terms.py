"""Terms: equality is the tree, nothing is captured by a substitution, and JSON brings the same term back."""

from __future__ import annotations

import json
import pickle
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import TermError
from derive.terms import from_json, to_json
from derive.terms.bridge import from_sympy, to_sympy
from derive.terms.term import (
    HEADS,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_SIZE,
    Term,
    add,
    at,
    free_names,
    make,
    mul,
    num,
    power,
    substitute,
    sym,
)

NAMES = st.sampled_from(["x", "y", "i", "k", "n"])
LEAVES = st.one_of(st.fractions(max_denominator=50).map(num), NAMES.map(sym), NAMES.map(lambda v: at("a", sym(v))))


def _grow(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda p: add(*p)),
        pair.map(lambda p: mul(*p)),
        pair.map(lambda p: power(*p)),
        inner.map(lambda a: make("exp", a)),
        pair.map(lambda p: make("piecewise", p[0], make("lt", p[0], p[1]), p[1], make("true"))),
        st.tuples(inner, NAMES, inner).map(lambda p: make("sum", p[0], sym(p[1]), num(0), p[2])),
        st.tuples(inner, NAMES).map(lambda p: make("diff", p[0], sym(p[1]))),
    )


TERMS = st.recursive(LEAVES, _grow, max_leaves=12)


@given(TERMS)
def test_json_brings_the_same_term_back(t: Term) -> None:
    """A term survives JSON text and pickling, with its hash."""
    again = from_json(json.loads(json.dumps(to_json(t))))
    assert again == t
    assert hash(again) == hash(t)
    assert pickle.loads(pickle.dumps(t)) == t


@given(TERMS)
def test_substituting_a_name_removes_it(t: Term) -> None:
    """After x := 1 there is no x left, and no other name has appeared or gone, but inside what was replaced."""
    if any(a.head == "diff" for a in _nodes(t)):
        return
    assert free_names(substitute(t, {"x": num(1)})) == free_names(t) - {"x"}


def _nodes(t: Term) -> list[Term]:
    return [t, *(n for a in t.args if isinstance(a, Term) for n in _nodes(a))]


def test_a_substitution_captures_nothing() -> None:
    """The index of a sum is renamed where the new value has its name, and a bound name is not replaced inside."""
    total = make("sum", mul(at("x", sym("k")), sym("j")), sym("k"), num(0), sym("k"))
    moved = substitute(total, {"j": sym("k")})
    assert moved.args[1] != sym("k")
    assert free_names(moved) == {"x", "k"}
    assert substitute(total, {"k": num(3)}).args[0] == total.args[0]
    assert substitute(total, {"k": num(3)}).args[3] == num(3)


def test_a_derivative_keeps_its_variable() -> None:
    """Replacing the variable of an unevaluated derivative would change what it means, so it is refused."""
    with pytest.raises(TermError, match="evaluate it first"):
        substitute(make("diff", power(sym("x"), num(2)), sym("x")), {"x": num(1)})


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (["system", "x"], "not one of the known operations"),
        (["exp", 1, 2], "takes 1 arguments"),
        (["piecewise", 1, 2], "must be a condition"),
        (["add", ["lt", 1, 2], 1], "must be a value"),
        (["num", 2, 4], "lowest terms"),
        (["num", 1, 0], "lowest terms"),
        (1.5, "not an expression"),
        (True, "not an expression"),
        ("__import__('os')", "not a name"),
        (["sum", 1, 2, 0, 1], "must be a name"),
        ([], "not an expression"),
        ([["exp"], 1], "not an expression"),
        ([1, 2], "not an expression"),
        ("x" * 101, "not a name"),
        (["pow", ["num", True, 2], 1], "lowest terms"),
    ],
)
def test_what_is_not_a_term_is_refused(data: object, says: str) -> None:
    """Every malformed term is an error that shows the offending value."""
    with pytest.raises(TermError, match=says):
        from_json(data)


def test_limits() -> None:
    """Depth and size have limits, and reading nested lists ends in the same error."""
    nested: object = "x"
    for _ in range(MAX_DEPTH + 10):
        nested = ["exp", nested]
    with pytest.raises(TermError, match="nested more than"):
        from_json(nested)
    big = sym("x")
    for _ in range(15):
        big = add(big, big)
    with pytest.raises(TermError, match="more than"):
        add(big, big)


def test_the_limits_are_exact() -> None:
    """What is just within them is made, stored and read back; one more is refused."""
    assert (num(2, 3).size, sym("x").depth) == (1, 1)
    t = add(sym("x"), mul(num(2), power(sym("y"), num(3))), sym("z"))
    assert (t.size, t.depth) == (8, 4)
    assert make("pi").depth == make("pi").size == 1
    deep = sym("x")
    for _ in range(MAX_DEPTH - 1):
        deep = make("exp", deep)
    assert from_json(to_json(deep)) == deep
    with pytest.raises(TermError, match="nested more than"):
        make("exp", deep)
    with pytest.raises(TermError, match="nested more than"):
        add(sym("x"), deep)
    wide = (sym("x"),) * (MAX_SIZE - 1)
    assert add(*wide).size == MAX_SIZE
    with pytest.raises(TermError, match="nodes"):
        add(*wide, sym("x"))
    assert from_json("x" * 100).name == "x" * 100


def test_numbers_have_limits_too() -> None:
    """A numerator and a denominator each have 4,000 digits at most."""
    most = 2 ** int(MAX_DIGITS * 3.33)
    assert num(most - 1, most - 3).value == Fraction(most - 1, most - 3)
    for p, q in ((most, 1), (1, most), (most, 3)):
        with pytest.raises(TermError, match="digits"):
            num(p, q)


def test_what_a_term_is_asked_for_it_must_have() -> None:
    """Names of variables and arrays, values of numbers; a term is no number and equals none."""
    assert make("matrix", sym("X"), sym("m"), sym("n")).name == at("X", num(0)).name == sym("X").name == "X"
    for nameless in (num(1), add(sym("x"), num(1))):
        with pytest.raises(TermError, match="has no name"):
            _ = nameless.name
    with pytest.raises(TermError, match="is not a number"):
        _ = sym("x").value
    assert num(3) != 3
    assert (sym("x") == "x") is False
    assert sym("x").__eq__("x") is NotImplemented
    assert make("sin", sym("x")) != make("cos", sym("x"))
    assert add(sym("x"), sym("y")) != add(sym("y"), sym("x"))


def test_numbers_are_exact() -> None:
    """A number is a fraction in lowest terms, whatever it was made of."""
    assert num(2, 4) == num(1, 2) == num(Fraction(1, 2))
    assert num(1, 2).value == Fraction(1, 2)


x, y = sp.symbols("x y", real=True)
i, k, n = sp.symbols("i k n", integer=True)
EXPRESSIONS = [
    x**2 / 3 + sp.pi,
    sp.Piecewise((x, x > y), (sp.exp(y), sp.Ne(x, y)), (0, True)),
    sp.Sum(sp.IndexedBase("a")[i] * x, (i, 0, n)),
    sp.Max(x, y, 1) - sp.Abs(x),
    sp.polygamma(2, x) + sp.loggamma(x),
    sp.KroneckerDelta(i, k),
    sp.Derivative(sp.sin(x * y), x),
]


@pytest.mark.parametrize("e", EXPRESSIONS, ids=str)
def test_sympy_and_back(e: sp.Expr) -> None:
    """What crosses the bridge keeps its value: the way back gives an expression with the same term."""
    t = from_sympy(e)
    names = {s.name: s for s in e.free_symbols if isinstance(s, sp.Symbol) and s.name != "a"}
    assert from_sympy(to_sympy(t, names)) == t


@pytest.mark.parametrize("e", [sp.I * x, sp.oo, sp.zoo, sp.nan, sp.Function("f")(x), sp.Integral(x, x)], ids=str)
def test_what_has_no_head_does_not_cross(e: sp.Expr) -> None:
    """An expression outside the language is an error that names it."""
    with pytest.raises(TermError):
        from_sympy(e)


def test_decimals_are_read_as_written() -> None:
    """0.1 is 1/10; a double that is not a short decimal keeps all its digits."""
    assert from_sympy(sp.Float(0.1)) == num(1, 10)
    assert from_sympy(sp.Float(0.1) + sp.Float(0.2)) != num(3, 10)


def test_a_dummy_never_becomes_a_symbol_of_its_name() -> None:
    """Bound dummies get names of their own."""
    d = sp.Dummy("x")
    t = from_sympy(sp.Sum(d * sp.Symbol("x"), (d, 0, 3)))
    assert free_names(t) == {"x"}


def test_every_head_has_an_arity() -> None:
    """The list of heads is closed: each says how many arguments it takes."""
    assert all(least >= 0 and (most is None or most >= least) for least, most in HEADS.values())


#: how many arguments a head takes: exactly one, exactly two, …; at least one, at least two
ARITIES: dict[tuple[int, int | None], str] = {
    (0, 0): "true false pi e euler_gamma",
    (
        1,
        1,
    ): """exp log log1p expm1 abs sign floor sin cos tan sinh cosh tanh sech asin acos atan asinh acosh atanh
        sigmoid logit softplus logsigmoid erf erfc erfinv normpdf normcdf normppf gamma loggamma lambertw heaviside not
        transpose diag""",
    (2, 2): "pow polygamma xlogy lt le eq ne delta given diff scale",
    (3, 3): "matrix map entry",
    (4, 4): "sum prod slope",
    (5, 5): "entries",
    (2, 3): "at",
    (1, None): "max min",
    (2, None): "add mul and or piecewise matmul matadd",
}


@pytest.mark.parametrize(("arity", "heads"), list(ARITIES.items()), ids=str)
def test_a_head_takes_so_many_arguments(arity: tuple[int, int | None], heads: str) -> None:
    """One argument less and one more are refused, with a message that names the head."""
    least, most = arity
    for head in heads.split():
        for count in (max(0, least - 1), least, most or 6, 7 if most is None else most + 1):
            args = _arguments(head, count)
            if count < least or (most is not None and count > most):
                with pytest.raises(TermError, match=rf"^{head} takes {'' if least == most else 'at least '}{least}"):
                    make(head, *args)
            elif head != "piecewise" or count % 2 == 0:
                assert make(head, *args).args == args


def _arguments(head: str, count: int) -> tuple[Term, ...]:
    """Names, or conditions where conditions are wanted."""
    wants = [head in ("and", "or", "not") or (head == "piecewise" and n % 2 == 1) for n in range(count)]
    return tuple(make("true") if wanted else sym(f"x{n}") for n, wanted in enumerate(wants))


def test_kinds_of_arguments() -> None:
    """Conditions and values are not mixed up; what is bound or indexed is a name."""
    x, one, true = sym("x"), num(1), make("true")
    wrong = [
        ("add", x, true),
        ("not", x),
        ("and", true, x),
        ("or", x, true),
        ("piecewise", x, x),
        ("exp", make("lt", x, x)),
    ]
    wrong += [("piecewise", true, true), ("sum", x, one, x, x), ("prod", x, one, x, x), ("map", x, one, x)]
    wrong += [("entries", x, one, x, x, x), ("entries", x, x, one, x, x), ("slope", x, x, one, x), ("at", one, x)]
    wrong += [("matrix", one, x, x), ("diff", x, one), ("diff", x, make("exp", x)), ("piecewise", x, true, x)]
    for head in ("lt", "le", "eq", "ne", "and", "or"):
        args = (true, true) if head in ("and", "or") else (x, one)
        assert make("not", make(head, *args)).head == "not"
        wrong.append(("exp", make(head, *args)))
    for head, *args in wrong:
        with pytest.raises(TermError):
            make(head, *args)
    assert make("diff", x, at("v", one)).head == "diff"


def test_what_binds_a_name() -> None:
    """It is bound in the body only, for each of the binders; the bounds of a range are outside."""
    i, j, x = sym("i"), sym("j"), sym("x")
    assert free_names(make("sum", i, i, i, x)) == {"i", "x"}
    assert free_names(make("sum", add(i, x), i, num(0), num(1))) == {"x"}
    assert free_names(make("prod", add(i, x), i, num(0), j)) == {"x", "j"}
    assert free_names(make("map", add(i, x), i, make("matrix", sym("X"), j, j))) == {"x", "X", "j"}
    assert free_names(make("entries", add(i, j, x), i, j, sym("m"), i)) == {"x", "m", "i"}
    assert free_names(make("slope", mul(i, x), i, i, j)) == {"x", "j"}
    assert free_names(make("diff", mul(i, x), i)) == {"i", "x"}
