"""What the names in a formula mean: the functions of NumPy, SciPy, SymPy, PyTorch and JAX as terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import TypeAlias

from derive.errors import DomainError, TermError
from derive.terms.term import HEADS, MATRIX_HEADS, Term, add, make, mul, neg, num, power, sub

_ZERO, _UNIT, _HALF = num(0), num(1), num(1, 2)
Argument: TypeAlias = "Term | tuple[Argument, ...]"

#: an attribute of one of these is the function or constant of that name; every other attribute is refused
MODULES = (
    *("np", "numpy", "jnp", "jax.numpy", "jax.nn", "jax.scipy.special", "sp", "sympy", "math"),
    *("scipy.special", "special", "scipy.stats", "stats", "torch", "torch.special", "torch.nn.functional", "F"),
)
CONSTANTS: Mapping[str, Term] = {
    "pi": make("pi"),
    "E": make("e"),
    "EulerGamma": make("euler_gamma"),
    "True": make("true"),
    "False": make("false"),
}
#: constants only with a module before them: a bare `e` is a variable
MODULE_CONSTANTS: Mapping[str, Term] = {**CONSTANTS, "e": make("e"), "euler_gamma": make("euler_gamma")}
NOT_REAL: Mapping[str, str] = {
    **dict.fromkeys(("I", "1j"), "the imaginary unit; only real numbers can be used (rename a variable called I)"),
    **dict.fromkeys(("oo", "inf", "Inf", "zoo"), "infinite, which is not a value of a formula"),
    **dict.fromkeys(("nan", "NaN"), "not a number"),
}


def no_constants(argument: str, names: Iterable[str]) -> None:
    """Raise a `DomainError` where a variable has the name of a constant: in a formula it would be the number."""
    for name in sorted(set(names) & CONSTANTS.keys()):
        raise DomainError(f"{argument}: in a formula, {name} is a constant; give the variable another name")


@dataclass(frozen=True, slots=True)
class Function:
    """How a call becomes a term. `groups`: do the arguments contain tuples or lists?"""

    build: Callable[..., Term]
    least: int
    most: int | None
    groups: bool = False


def call(name: str, args: tuple[Argument, ...]) -> Term:
    """The term of a call; TermError when the arguments do not fit."""
    f = FUNCTIONS[name]
    if len(args) < f.least or (f.most is not None and len(args) > f.most):
        raise TermError(f"{name} takes {_count(f)}, not {len(args)}")
    if not f.groups and any(isinstance(a, tuple) for a in args):
        raise TermError(f"{name} takes no tuple or list")
    return f.build(*args)


def unknown(name: str, module: str = "") -> str:
    """Says that there is no such function, and which one may be meant."""
    close = get_close_matches(name[:40], SUGGESTED, 1)
    hint = f"did you mean {module + close[0]!r}?" if close else f"write {name[:40]}*(...) to multiply"
    return f"{module + name[:40]!r} is not a known function; {hint}"


def _count(f: Function) -> str:
    if f.least == f.most:
        return f"{f.least} argument{'s' * (f.least != 1)}"
    return f"{f.least} or more arguments" if f.most is None else f"{f.least} to {f.most} arguments"


def _scalar(a: Argument) -> Term:
    if isinstance(a, tuple):
        raise TermError("a tuple or list where a value is needed")
    return a


def _group(a: Argument, what: str) -> tuple[Term, ...]:
    if not isinstance(a, tuple):
        raise TermError(f"{what} is needed, not {a!r}"[:200])
    return tuple(map(_scalar, a))


def _inverse(a: Term) -> Term:
    return power(a, num(-1))


def _over(a: Term, b: Term) -> Term:
    return mul(a, _inverse(b))


def _log(x: Term, base: Term | None = None) -> Term:
    return make("log", x) if base is None else _over(make("log", x), make("log", base))


def _sqrt(x: Term) -> Term:
    return power(x, num(1, 2))


def _cbrt(x: Term) -> Term:
    return mul(make("sign", x), power(make("abs", x), num(1, 3)))


def _logaddexp(a: Term, b: Term) -> Term:
    return make("log", add(make("exp", a), make("exp", b)))


def _beta(a: Term, b: Term) -> Term:
    return mul(make("gamma", a), make("gamma", b), _inverse(make("gamma", add(a, b))))


def _betaln(a: Term, b: Term) -> Term:
    return add(make("loggamma", a), make("loggamma", b), neg(make("loggamma", add(a, b))))


def _polygamma(order: Term, x: Term) -> Term:
    if order.head != "num" or order.value < 0 or order.value.denominator != 1:
        raise TermError(f"the order of polygamma is a whole number such as 0 or 1, not {order!r}"[:200])
    return make("polygamma", order, x)


def _where(condition: Term, a: Term, b: Term) -> Term:
    return make("piecewise", a, condition, b, make("true"))


def _piecewise(*pairs: Argument) -> Term:
    groups = [_group(p, "a pair (value, condition)") for p in pairs]
    if any(len(g) != 2 for g in groups):
        raise TermError("Piecewise takes pairs (value, condition)")
    return make("piecewise", *(part for g in groups for part in g))


def _select(conditions: Argument, values: Argument, default: Argument = _ZERO) -> Term:
    cs, vs = _group(conditions, "a list of conditions"), _group(values, "a list of values")
    if len(cs) != len(vs):
        raise TermError(f"select has {len(cs)} conditions and {len(vs)} values")
    pairs = (part for c, v in zip(cs, vs, strict=True) for part in (v, c))
    return make("piecewise", *pairs, _scalar(default), make("true"))


def _clip(x: Term, low: Term, high: Term) -> Term:
    return make("min", make("max", x, low), high)


def _heaviside(x: Term, at_zero: Term = _HALF) -> Term:
    if at_zero == _HALF:
        return make("heaviside", x)
    return make("piecewise", num(0), make("lt", x, num(0)), at_zero, make("eq", x, num(0)), num(1), make("true"))


def _rational(p: Term, q: Term = _UNIT) -> Term:
    if p.head != "num" or q.head != "num" or q.value == 0:
        raise TermError("Rational takes two literal numbers, the second one not 0")
    return num(p.value / q.value)


def _with_limits(head: str, body: Argument, *limits: Argument) -> Term:
    out = _scalar(body)
    for limit in limits:
        group = _group(limit, "a range (index, first, last)")
        if len(group) != 3:
            raise TermError("a range is (index, first, last)")
        out = make(head, out, *group)
    return out


def _derivative(body: Argument, *variables: Argument) -> Term:
    """diff(f, x, y), diff(f, x, 2) and diff(f, (x, 2))."""
    wanted: list[tuple[Argument, int]] = []
    for variable in variables:
        if isinstance(variable, tuple):
            wanted.append((variable[0], _order(variable[1:])))
        elif variable.head == "num" and wanted:
            wanted[-1] = (wanted[-1][0], _order((variable,)))
        else:
            wanted.append((variable, 1))
    out = _scalar(body)
    for name, count in wanted:
        for _ in range(count):
            out = make("diff", out, _scalar(name))
    return out


def _order(count: tuple[Argument, ...]) -> int:
    match count:
        case (Term(head="num", value=value),) if value in range(1, 10):
            return int(value)
    raise TermError("the order of a derivative is a whole number from 1 to 9")


def _flipped(head: str) -> Callable[[Term, Term], Term]:
    return lambda a, b: make(head, b, a)


def _heads() -> dict[str, Function]:
    """Every head under its own name, but for those with a syntax of their own."""
    plain = (h for h in HEADS if h not in {"and", "or", "not", "true", "false", "pi", "e", "euler_gamma", "polygamma"})
    return {h: Function(partial(make, h), *HEADS[h]) for h in plain}


_SAME = {
    "exp": ("exp",),
    "log1p": ("log1p",),
    "abs": ("Abs", "fabs", "absolute"),
    **{f"a{f}": (f"arc{f}",) for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "sigmoid": ("expit", "logistic", "σ"),
    "logsigmoid": ("log_sigmoid", "log_expit"),
    "normpdf": ("norm_pdf", "norm.pdf"),
    "normcdf": ("norm_cdf", "norm.cdf", "ndtr"),
    "normppf": ("norm_ppf", "norm.ppf", "ndtri"),
    "loggamma": ("gammaln", "lgamma"),
    "lambertw": ("LambertW",),
    "exp1": ("E1",),
    "max": ("maximum", "Max", "fmax"),
    "min": ("minimum", "Min", "fmin"),
    "delta": ("KroneckerDelta",),
    "lt": ("Lt", "less"),
    "le": ("Le", "less_equal"),
    "eq": ("Eq", "equal"),
    "ne": ("Ne", "not_equal"),
    "mul": ("multiply",),
    "pow": ("power", "float_power", "Pow"),
}
_TWO: dict[str, Callable[[Term, Term], Term]] = {
    **dict.fromkeys(("subtract",), sub),
    **dict.fromkeys(("divide", "true_divide"), _over),
    **dict.fromkeys(("Gt", "greater"), _flipped("lt")),
    **dict.fromkeys(("Ge", "greater_equal"), _flipped("le")),
    "logaddexp": _logaddexp,
    "hypot": lambda a, b: _sqrt(add(power(a, num(2)), power(b, num(2)))),
    "beta": _beta,
    "betaln": _betaln,
    "polygamma": _polygamma,
    "xlog1py": lambda x, y: make("xlogy", x, add(num(1), y)),
}
_ONE: dict[str, Callable[[Term], Term]] = {
    "log2": lambda x: _log(x, num(2)),
    "log10": lambda x: _log(x, num(10)),
    "exp2": lambda x: power(num(2), x),
    "sqrt": _sqrt,
    "cbrt": _cbrt,
    "square": lambda x: power(x, num(2)),
    "reciprocal": _inverse,
    "negative": neg,
    "relu": lambda x: make("max", x, num(0)),
    "sec": lambda x: _inverse(make("cos", x)),
    "csc": lambda x: _inverse(make("sin", x)),
    "cot": lambda x: _over(make("cos", x), make("sin", x)),
    "csch": lambda x: _inverse(make("sinh", x)),
    "coth": lambda x: _over(make("cosh", x), make("sinh", x)),
    "log_ndtr": lambda x: make("log", make("normcdf", x)),
    "erfcx": lambda x: mul(make("exp", power(x, num(2))), make("erfc", x)),
    **dict.fromkeys(("digamma", "psi"), partial(make, "polygamma", num(0))),
    "trigamma": partial(make, "polygamma", num(1)),
    **dict.fromkeys(("Not", "logical_not"), partial(make, "not")),
}
FUNCTIONS: Mapping[str, Function] = {
    **_heads(),
    **{alias: Function(partial(make, head), *HEADS[head]) for head, names in _SAME.items() for alias in names},
    **{name: Function(build, 1, 1) for name, build in _ONE.items()},
    **{name: Function(build, 2, 2) for name, build in _TWO.items()},
    **dict.fromkeys(("log", "ln"), Function(_log, 1, 2)),
    **dict.fromkeys(("clip", "clamp"), Function(_clip, 3, 3)),
    **dict.fromkeys(("heaviside", "Heaviside"), Function(_heaviside, 1, 2)),
    **dict.fromkeys(("And", "logical_and"), Function(partial(make, "and"), 2, None)),
    **dict.fromkeys(("Or", "logical_or"), Function(partial(make, "or"), 2, None)),
    "where": Function(_where, 3, 3),
    "Rational": Function(_rational, 1, 2),
    "Piecewise": Function(_piecewise, 1, None, groups=True),
    "select": Function(_select, 2, 3, groups=True),
    "Sum": Function(partial(_with_limits, "sum"), 2, None, groups=True),
    "Product": Function(partial(_with_limits, "prod"), 2, None, groups=True),
    **dict.fromkeys(("Derivative", "diff"), Function(_derivative, 2, None, groups=True)),
}
#: offered when a name is misspelt
SUGGESTED = sorted(set(FUNCTIONS) - MATRIX_HEADS - {"at", "entry"})
