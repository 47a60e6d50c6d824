"""Laws of numbers, variables, sums and products; what the range of a variable says becomes a fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from derive.domain import Domain, Range, between
from derive.prove import signs
from derive.prove.field import Frac
from derive.prove.normal import Along, Normal, law
from derive.prove.polys import to_fmpq
from derive.prove.registry import Key
from derive.prove.signals import GaveUp, Undefined
from derive.terms.term import Term, add, num, sub

_FEW = 4


@law("num")
def _number(n: Normal, t: Term) -> Frac:
    return n.field.constant(t.value)


@law("sym")
def _symbol(n: Normal, t: Term) -> Frac:
    if n.along is not None and t.name == n.along.name:
        return n.seen_along(None, n.along.value)
    return variable(n, ("sym", t.name), t.name)


def variable(n: Normal, key: Key, name: str, indices: frozenset[str] = frozenset()) -> Frac:
    """The generator of a variable or an entry; what its range says becomes a fact."""
    r = n.range_of(name)
    known = ("seen", key) in n.facts.seen
    out = n.function(key, frozenset((name,)) | indices, signs.of_text(r.sign))
    if not known:
        n.facts.seen.add(("seen", key))
        if r.whole:
            n.facts.seen.add(("whole", n.registry.numbers[key]))
        _learn_range(n, out, r)
        if r.values is not None and len(r.values) <= _FEW:
            _relate_values(n, n.registry.numbers[key], r.values)
    return out


def _relate_values(n: Normal, number: int, values: tuple[Fraction, ...]) -> None:
    """Π (x − v) = 0 over the values of an entry."""
    x, out = n.field.poly_of(number), n.field.one
    for v in values:
        out *= x - to_fmpq(v)
    n.field.relate(number, len(values), x ** len(values) - out)


def _learn_range(n: Normal, x: Frac, r: Range) -> None:
    if r.index is not None:
        first, last = map(n.go, r.index)
        _enter(n, n.field.sub(x, first), signs.NONNEGATIVE)
        _enter(n, n.field.sub(last, x), signs.NONNEGATIVE)
        return
    low, high, low_open, high_open = r.lower, r.upper, r.lower_open, r.upper_open
    if r.values is not None:
        low, high, low_open, high_open = r.values[0], r.values[-1], False, False
    if low is not None and (low != 0 or r.whole):
        gap = n.field.sub(x, n.field.constant(low))
        _enter(n, gap, signs.POSITIVE if low_open else signs.NONNEGATIVE)
    if high is not None and (high != 0 or r.whole):
        gap = n.field.sub(n.field.constant(high), x)
        _enter(n, gap, signs.POSITIVE if high_open else signs.NONNEGATIVE)


def _enter(n: Normal, gap: Frac, mask: int) -> None:
    if gap.den:
        n.assume(gap, mask)
    elif not gap.num.is_constant():
        n.facts.enter(gap.num, mask)
    elif not n.mask(gap) & mask:
        n.feasible = False


@law("given")
def _given(n: Normal, t: Term) -> Frac:
    """The formula of a derivative: nothing is assumed but that `body` has a value."""
    formula, body = t.args
    n.go(body)
    if n.along is not None:
        return n.go(formula)
    try:
        return n.seen_along(Along("", body, 0), formula)  # no variable has this name
    except Undefined:
        raise GaveUp("a derivative where its formula has no value") from None


@law("add")
def _sum(n: Normal, t: Term) -> Frac:
    return n.field.sum(map(n.go, t.args))


@law("mul")
def _product(n: Normal, t: Term) -> Frac:
    return n.field.product(map(n.go, t.args))


def index_range(count: Term) -> Range:
    """0 … count − 1."""
    return between(num(0), add(count, num(-1)))


def resolve(domain: Domain, bound: Mapping[str, Range]) -> Callable[[str], Range]:
    """Ranges by name, bound indices first."""
    return lambda name: bound.get(name) or domain[name]


def limits(domain: Domain, name: str, value: Term) -> tuple[tuple[Term, int], ...]:
    """What the range of a variable says of its value: terms, and their signs."""
    r = domain[name]
    if r.index is not None:
        gaps = (sub(value, r.index[0]), sub(r.index[1], value))
        return tuple((g, signs.NONNEGATIVE) for g in gaps)
    out = []
    if r.lower is not None:
        out.append((sub(value, num(r.lower)), signs.POSITIVE if r.lower_open else signs.NONNEGATIVE))
    if r.upper is not None:
        out.append((sub(num(r.upper), value), signs.POSITIVE if r.upper_open else signs.NONNEGATIVE))
    return tuple(out)
