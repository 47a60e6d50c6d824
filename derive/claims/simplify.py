"""A derivative as people write it: like terms and factors collected, 1/(1 + exp(−u)) as σ(u).

A proposal, never a proof: what comes out is proved equal to what went in by those who show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from derive.terms.term import Term, add, make, mul, neg, num, power

_ZERO, _ONE = num(0), num(1)
_ODD = frozenset({"sin", "tan", "sinh", "tanh", "asin", "atan", "asinh", "atanh", "erf", "erfinv", "sign"})
_EVEN = frozenset({"cos", "cosh", "sech", "abs"})


def simplify(t: Term) -> Term:
    """The same value in a shorter form, where the rules below find one.

    >>> from derive.terms.text import parse_formula, unparse
    >>> unparse(simplify(parse_formula("-(y*(1/p)) + 2*x*3 - 0*z + x")))
    '7*x - y/p'
    """
    if t.head in ("num", "sym"):
        return t
    if t.head == "given":
        return simplify(t.args[0])
    if t.head == "slope":
        return simplify(t.args[0]) if t.args[2] == t.args[3] else t
    args = tuple(simplify(a) for a in t.args)
    rule = _RULES.get(t.head)
    return Term(t.head, args) if rule is None else rule(args)


def add_of(args: tuple[Term, ...]) -> Term:
    """Like terms together; a constant last."""
    found: dict[Term, Fraction] = {}
    for a in args:
        for b in a.args if a.head == "add" else (a,):
            q, rest = coefficient(b)
            found[rest] = found.get(rest, Fraction(0)) + q
    constant = found.pop(_ONE, Fraction(0))
    terms = [_product(q, rest) for rest, q in found.items() if q]
    terms.sort(key=lambda b: b.head == "mul" and b.args[0].head == "num" and b.args[0].value < 0)
    if constant:
        terms.insert(0 if _constant_first(terms, constant) else len(terms), num(constant))
    return _as_share(terms) or add(*terms)


def _constant_first(terms: list[Term], constant: Fraction) -> bool:
    """1 − p and 1 + exp(z), but z + 1 and z − 1."""
    return constant > 0 and all(t.head not in ("sym", "pow") for t in terms)


def _as_share(terms: list[Term]) -> Term | None:
    """1 − σ(u) = σ(−u)."""
    if len(terms) == 2 and terms[0] == _ONE:
        q, rest = coefficient(terms[1])
        if q == -1 and rest.head == "sigmoid":
            return make("sigmoid", _negative(rest.args[0]))
    return None


def coefficient(t: Term) -> tuple[Fraction, Term]:
    """(q, rest) with t = q·rest."""
    if t.head == "num":
        return t.value, _ONE
    if t.head == "mul" and t.args[0].head == "num":
        return t.args[0].value, mul(*t.args[1:])
    return Fraction(1), t


def _product(q: Fraction, rest: Term) -> Term:
    if rest == _ONE:
        return num(q)
    if q == 1:
        return rest
    return mul(num(q), *(rest.args if rest.head == "mul" else (rest,)))


def _negative(t: Term) -> Term:
    q, rest = coefficient(t)
    if t.head == "add":
        return add_of(tuple(_negative(a) for a in t.args))
    return _product(-q, rest)


def mul_of(args: tuple[Term, ...]) -> Term:
    """Like factors together; one piecewise takes the others in."""
    q = Fraction(1)
    powers: dict[Term, Term] = {}
    for a in args:
        for b in a.args if a.head == "mul" else (a,):
            if b.head == "num":
                q *= b.value
                continue
            base, e = _power_of(b)
            powers[base] = _plus(powers[base], e) if base in powers else e
    if not q:
        return _ZERO
    factors = [_pow((base, e)) for base, e in powers.items() if e != _ZERO]
    factors = _joined([f for f in factors if f != _ONE])
    if any(f.head == "num" for f in factors):
        return mul_of((num(q), *factors))
    if q == -1 and len(factors) == 1 and factors[0].head == "add":
        return _negative(factors[0])
    return _into_branches(q, factors) or _product(q, mul(*factors))


def _into_branches(q: Fraction, factors: list[Term]) -> Term | None:
    """A choice between numbers takes a number in; one whose branches are zeros takes everything in."""
    at = next((i for i, f in enumerate(factors) if f.head == "piecewise"), None)
    if at is None:
        return None
    choice = factors[at]
    rest = factors[:at] + factors[at + 1 :]
    if q == 1 and not rest:
        return choice
    pairs = zip(choice.args[::2], choice.args[1::2], strict=True)
    return make("piecewise", *(x for v, c in pairs for x in (mul_of((num(q), *rest, v)), c)))


def _power_of(t: Term) -> tuple[Term, Term]:
    return (t.args[0], t.args[1]) if t.head == "pow" and not _is_root(t) else (t, _ONE)


def _is_root(t: Term) -> bool:
    """Is it a root of a positive number?"""
    return t.head == "pow" and t.args[0].head == t.args[1].head == "num" and t.args[0].value > 0


def _plus(a: Term, b: Term) -> Term:
    return add_of((a, b))


def _joined(factors: list[Term]) -> list[Term]:
    """exp(a)·exp(b) = exp(a + b); |u|·sign(u) = u."""
    exps = [f for f in factors if f.head == "exp"]
    if len(exps) > 1:
        rest = [f for f in factors if f.head != "exp"]
        factors = [*rest, _exp((add_of(tuple(e.args[0] for e in exps)),))]
    factors = _with_share(factors)
    for f in factors:
        partner = Term("sign", f.args) if f.head == "abs" else None
        if partner in factors:
            return [x for x in factors if x not in (f, partner)] + [f.args[0]]
    return factors


def _with_share(factors: list[Term]) -> list[Term]:
    """exp(u)·σ(−u) = σ(u)."""
    for e in factors:
        share = make("sigmoid", _negative(e.args[0])) if e.head == "exp" else None
        for i, f in enumerate(factors):
            if share is not None and share in (f, f.args[0] if f.head == "pow" else f):
                rest = [x for j, x in enumerate(factors) if j != i and x is not e]
                left = [] if f == share else [_pow((share, _plus(f.args[1], num(-1))))]
                return _collected([*rest, *left, make("sigmoid", e.args[0])])
    return factors


def _collected(factors: list[Term]) -> list[Term]:
    whole = mul_of(tuple(factors))
    return list(whole.args) if whole.head == "mul" else [whole]


def _pow(args: tuple[Term, ...]) -> Term:
    base, e = args
    if e == _ZERO:
        return _ONE
    if e == _ONE:
        return base
    if base.head == "num" and e.head == "num" and e.value.denominator == 1 and abs(e.value) <= 64 and base.value:
        return num(base.value ** int(e.value))
    if e.head == "num" and e.value.denominator == 1:
        if base.head == "pow" and base.args[1].head == "num" and base.args[1].value.denominator == 1:
            return _pow((base.args[0], num(base.args[1].value * e.value)))
        if _is_root(base) and (whole := base.args[1].value * e.value).denominator == 1:
            return _pow((base.args[0], num(whole)))
        if base.head == "mul":
            return mul_of(tuple(_pow((b, e)) for b in base.args))
        if base.head == "exp":
            return _exp((mul_of((e, base.args[0])),))
        if e.value < 0 and (share := _one_plus_exp(base)) is not None:
            return _pow((share, num(-e.value)))
    return power(base, e)


def _one_plus_exp(t: Term) -> Term | None:
    """1/(1 + exp(−u)) = σ(u)."""
    if t.head == "add" and len(t.args) == 2 and _ONE in t.args:
        other = t.args[1] if t.args[0] == _ONE else t.args[0]
        if other.head == "exp":
            return make("sigmoid", _negative(other.args[0]))
    return None


def _exp(args: tuple[Term, ...]) -> Term:
    (u,) = args
    if u == _ZERO:
        return _ONE
    return u.args[0] if u.head == "log" else make("exp", u)


def _log(args: tuple[Term, ...]) -> Term:
    (u,) = args
    if u == _ONE:
        return _ZERO
    return u.args[0] if u.head == "exp" else make("log", u)


def _abs(args: tuple[Term, ...]) -> Term:
    """|q·exp(u)| = |q|·exp(u), and |−u| = |u|."""
    q, rest = coefficient(args[0])
    if rest == _ONE or rest.head in ("exp", "sigmoid", "abs"):
        return _product(abs(q), rest)
    return _product(abs(q), make("abs", rest))


def _unary(head: str) -> Callable[[tuple[Term, ...]], Term]:
    def rule(args: tuple[Term, ...]) -> Term:
        (u,) = args
        if u == _ZERO and head in _ODD:
            return _ZERO
        if head in _ODD | _EVEN and coefficient(u)[0] < 0 and u.head != "num":
            inner = make(head, _negative(u))
            return inner if head in _EVEN else neg(inner)
        return make(head, *args)

    return rule


def piecewise_of(args: tuple[Term, ...]) -> Term:
    """Branches that cannot be reached, and neighbours with one value, are left out."""
    rows: list[tuple[Term, Term]] = []
    for value, condition in zip(args[::2], args[1::2], strict=True):
        if condition.head == "false":
            continue
        rows.append((value, condition))
        if condition.head == "true":
            break
    while len(rows) > 1 and rows[-1][1].head == "true" and rows[-2][0] == rows[-1][0]:
        rows[-2:] = [rows[-1]]
    if len(rows) == 1 and rows[0][1].head == "true":
        return rows[0][0]
    return make("piecewise", *_flat(rows)) if rows else make("piecewise", *args)


def _flat(rows: Iterable[tuple[Term, Term]]) -> list[Term]:
    return [x for row in rows for x in row]


def _comparison(head: str, equal: str) -> Callable[[tuple[Term, ...]], Term]:
    """A comparison of a term with itself, or of two numbers."""

    def rule(args: tuple[Term, ...]) -> Term:
        a, b = args
        if a == b:
            return make(equal)
        if a.head == b.head == "num":
            holds = {"lt": a.value < b.value, "le": a.value <= b.value, "eq": False, "ne": True}[head]
            return make("true" if holds else "false")
        return make(head, a, b)

    return rule


_RULES: dict[str, Callable[[tuple[Term, ...]], Term]] = {
    "add": add_of,
    "mul": mul_of,
    "pow": _pow,
    "exp": _exp,
    "log": _log,
    "piecewise": piecewise_of,
    **{head: _unary(head) for head in _ODD | _EVEN},
    "abs": _abs,
    **{head: _comparison(head, "true" if head in ("le", "eq") else "false") for head in ("lt", "le", "eq", "ne")},
}
