"""A formula as NumPy code: np.where for choices, scipy.special for what NumPy lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derive.terms.term import Term, num

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _UNARY, _POWER, _ATOM = range(9)
_NP = frozenset({"exp", "expm1", "log", "log1p", "abs", "sign", "floor", "sin", "cos", "tan", "sinh", "cosh", "tanh"})
_OTHER = {
    **{f"a{f}": f"np.arc{f}" for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "sigmoid": "special.expit",
    "logit": "special.logit",
    "logsigmoid": "special.log_expit",
    "erf": "special.erf",
    "erfc": "special.erfc",
    "erfinv": "special.erfinv",
    "normcdf": "special.ndtr",
    "normppf": "special.ndtri",
    "gamma": "special.gamma",
    "loggamma": "special.gammaln",
    "xlogy": "special.xlogy",
    **{f: f"np.{f}" for f in ("logaddexp", "hypot")},
    **{f: f"special.{f}" for f in ("log_ndtr", "erfcx", "betaln", "xlog1py")},
}
_COMPARISONS = {"lt": "<", "le": "<=", "eq": "==", "ne": "!="}
_CONSTANTS = {"pi": "np.pi", "e": "np.e", "euler_gamma": "np.euler_gamma", "true": "True", "false": "False"}
_ONE, _MINUS = num(1), num(-1)


def numpy_code(t: Term) -> str:
    """The code of a scalar formula.

    >>> from derive.terms.text import parse_formula
    >>> numpy_code(parse_formula("Piecewise((sigmoid(z) - y, z > 0), (exp(z)/(1 + exp(z)) - y, True))"))
    'np.where(0 < z, special.expit(z) - y, np.exp(z)/(1 + np.exp(z)) - y)'
    """
    return _show(t)[0]


def _show(t: Term) -> tuple[str, int]:
    match t.head:
        case "num":
            return _number(t)
        case "sym":
            return t.name, _ATOM
        case "add":
            return _sum(t), _SUM
        case "mul":
            return _product(list(t.args)), _PRODUCT
        case "pow":
            return _power(*t.args)
        case "and" | "or" as head:
            level = _AND if head == "and" else _OR
            return f" {'&' if head == 'and' else '|'} ".join(f"({_at(a, _OR)})" for a in t.args), level
        case "not":
            return f"~({_at(t.args[0], _OR)})", _UNARY
        case "piecewise":
            return _where(t.args), _ATOM
        case "max" | "min":
            return _extreme(t), _ATOM
    return _call(t)


def _call(t: Term) -> tuple[str, int]:
    if t.head in _COMPARISONS:
        return f" {_COMPARISONS[t.head]} ".join(_at(a, _SUM) for a in t.args), _COMPARE
    if t.head in _CONSTANTS:
        return _CONSTANTS[t.head], _ATOM
    if t.head in _SPECIAL:
        return _SPECIAL[t.head](*(_at(a, _OR) for a in t.args)), _ATOM
    name = f"np.{t.head}" if t.head in _NP else _OTHER.get(t.head, t.head)
    return f"{name}({', '.join(_at(a, _OR) for a in t.args)})", _ATOM


_SPECIAL: dict[str, Callable[..., str]] = {
    "softplus": lambda u: f"np.logaddexp(0, {u})",
    "sech": lambda u: f"(1/np.cosh({u}))",
    "normpdf": lambda u: f"(np.exp(-(({u})**2)/2)/np.sqrt(2*np.pi))",
    "heaviside": lambda u: f"np.heaviside({u}, 0.5)",
    "exp1": lambda u: f"special.exp1({u})",
    "lambertw": lambda u: f"special.lambertw({u}).real",
    "at": lambda name, *indices: f"{name}[{', '.join(indices)}]",
    "delta": lambda j, k: f"(({j}) == ({k}))",
    "sum": lambda f, i, a, b: f"sum({f} for {i} in range({a}, {_stop(b)}))",
    "prod": lambda f, i, a, b: f"math.prod({f} for {i} in range({a}, {_stop(b)}))",
    "polygamma": lambda k, u: f"special.digamma({u})" if k == "0" else f"special.polygamma({k}, {u})",
}


def _stop(last: str) -> str:
    """One after the last."""
    return last.removesuffix(" - 1") if last.endswith(" - 1") else f"{last} + 1"


def _at(t: Term, level: int) -> str:
    text, own = _show(t)
    return text if own >= level else f"({text})"


def _number(t: Term) -> tuple[str, int]:
    p, q = t.value.numerator, t.value.denominator
    return (f"{p}/{q}", _PRODUCT if p > 0 else _SUM) if q > 1 else (f"{p}", _ATOM if p >= 0 else _SUM)


def _sum(t: Term) -> str:
    first, *rest = t.args
    return _at(first, _SUM) + "".join(map(_signed, rest))


def _signed(t: Term) -> str:
    if t.head == "num" and t.value < 0:
        return f" - {_show(num(-t.value))[0]}"
    if t.head == "mul" and t.args[0].head == "num" and t.args[0].value < 0:
        return f" - {_product([num(-t.args[0].value), *t.args[1:]])}"
    return f" + {_at(t, _PRODUCT)}"


def _product(factors: Sequence[Term]) -> str:
    """a*b/c: a leading −1 is a minus sign, a leading 1 is left out."""
    first, *rest = factors
    if first.head == "num" and first.value < 0:
        return f"-{_product([num(-first.value), *rest])}"
    if first == _ONE and rest and _below(rest[0]) is None:
        return _product(rest)
    out = _at(first, _PRODUCT if first.head in ("num", "pow") else _UNARY)
    for factor in rest:
        below = _below(factor)
        out += f"*{_at(factor, _UNARY)}" if below is None else f"/{_at(below, _UNARY)}"
    return out


def _below(t: Term) -> Term | None:
    if t.head == "pow" and t.args[1].head == "num" and t.args[1].value < 0:
        e = -t.args[1].value
        return t.args[0] if e == 1 else Term("pow", (t.args[0], num(e)))
    return None


def _power(base: Term, e: Term) -> tuple[str, int]:
    below = _below(Term("pow", (base, e)))
    if below is not None:
        return f"1/{_at(below, _UNARY)}", _PRODUCT
    if e == num(1, 2):
        return f"np.sqrt({_at(base, _OR)})", _ATOM
    return f"{_at(base, _ATOM)}**{_at(e, _POWER)}", _POWER


def _extreme(t: Term) -> str:
    name = "np.maximum" if t.head == "max" else "np.minimum"
    out = _at(t.args[0], _OR)
    for a in t.args[1:]:
        out = f"{name}({out}, {_at(a, _OR)})"
    return out


def _where(args: tuple[Term, ...]) -> str:
    value, condition, *rest = args
    if condition.head == "true":
        return _at(value, _OR)
    other = _where(tuple(rest)) if rest else "np.nan"
    return f"np.where({_at(condition, _OR)}, {_at(value, _OR)}, {other})"
