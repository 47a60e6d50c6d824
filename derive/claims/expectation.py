"""The expectation of a formula over data with a known distribution: finite sums, and moments of what is proved to be
a combination of statistics whose moments are known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from derive.certificate import Condition, Proved
from derive.claims.distributions import Distribution
from derive.claims.multiplied import NotKnown, expanded, off_zeros
from derive.claims.scene import Scene
from derive.claims.simplify import simplify
from derive.domain import parse_range
from derive.prove.sign import sign_terms
from derive.terms.term import Term, add, free_names, make, mul, neg, num, power, sub, substitute, sym
from derive.terms.unparse import unparse

_ZERO, _ONE = num(0), num(1)
#: 24 times the coefficients of 1, x, x², … of the polynomial with given values at −2, −1, 0, 1, 2
_POLYNOMIAL = ((0, 0, 24, 0, 0), (2, -16, 0, 16, -2), (-1, 16, -30, 16, -1), (-2, 4, 0, -4, 2), (1, -4, 6, -4, 1))
Sign: TypeAlias = Literal["nonnegative", "positive"]
_BUDGET = 0.6


@dataclass(frozen=True)
class Statistic:
    """|y − c|**size · sign(y − c)**side · y**exponent · log(y)**logs · log(1 − y)**rests."""

    exponent: Term = _ZERO
    logs: int = 0
    rests: int = 0
    size: int = 0
    side: int = 0

    def term(self, y: Term, centre: Term) -> Term:
        """The statistic as a formula."""
        gap = sub(y, centre)
        factors = [power(y, self.exponent)] if self.exponent != _ZERO else []
        factors += [make("log", y)] * self.logs + [make("log", sub(_ONE, y))] * self.rests
        return mul(_ONE, _ONE, *factors, *[make("abs", gap)] * self.size, *[make("sign", gap)] * self.side)


def expectation(scene: Scene, t: Term) -> Term:
    """E[t] over all data whose distribution is known, one after the other; `NotKnown` where it is not."""
    for d in scene.distributions:
        _exists(scene, d)
        if free_names(t) & set(d.names):
            way = _over_support if d.support() is not None else _by_moments if d.row.kernel is None else _by_kernel
            t = _shorter(scene, way(scene, d, t))
    return t


def _shorter(scene: Scene, t: Term) -> Term:
    """Simplified, unless that wins values: 0·log(0) has none."""
    short = simplify(t)
    return short if scene.has_value(t, short) else t


def _over_support(scene: Scene, d: Distribution, t: Term) -> Term:
    for name, value in ((n, v.value) for values, _ in d.support() or () for n, v in values.items()):
        if value not in scene.domain[name]:
            raise NotKnown(f"{d}: {name} is {value} at times, which is not in {scene.domain[name]}")
    return add(_ZERO, *(mul(p, _shorter(scene, substitute(t, values))) for values, p in d.support() or ()))


def _exists(scene: Scene, d: Distribution) -> None:
    """Are the parameters what the family asks for? Otherwise there is no such distribution."""
    wanted = list(zip(d.row.parameters, d.parameters, strict=False))
    shares = [p for n, p in wanted if n in d.row.shares]
    shares = [*shares, *(sub(_ONE, p) for p in shares), *(d.parameters if d.family == "categorical" else ())]
    positive = [p for n, p in wanted if n not in (*d.row.real, *d.row.shares)]
    rows: tuple[tuple[Sign, list[Term]], ...] = (("nonnegative", shares), ("positive", positive))
    for sign, own in rows:
        for p in own:
            if sign_terms(p, scene.domain, sign, budget=_BUDGET * scene.patience).status != "proved":
                raise NotKnown(f"{d}: it is not proved that {unparse(p)} is {sign}")
    if d.family == "categorical" and not scene.equal(add(_ZERO, *d.parameters), _ONE):
        raise NotKnown(f"{d}: the probabilities are not proved to add up to 1")


def _on_support(scene: Scene, d: Distribution) -> Scene:
    """The data have all the values that the family gives them, whatever the claim says of them."""
    where = scene.domain.with_(d.names[0], parse_range(d.row.support))
    return replace(scene, domain=where, _probe=None, _both=None)


def _by_kernel(scene: Scene, d: Distribution, t: Term) -> Term:
    """t·kernel² is a polynomial of degree 4 in x = (y − centre)/scale, known by its values at −2 … 2."""
    (name,), scale = d.names, d.parameters[-1]
    centre = d.parameters[d.row.parameters.index(d.row.centre)]
    x = mul(sub(sym(name), centre), power(scale, num(-1)))
    kernel = d.row.kernel(x, *d.parameters) if d.row.kernel is not None else _ONE
    whole = mul(t, power(kernel, num(2)))
    values = [simplify(substitute(whole, {name: add(centre, mul(num(j), scale))})) for j in range(-2, 3)]
    rows = [add(_ZERO, *(mul(num(w, 24), v) for w, v in zip(row, values, strict=True))) for row in _POLYNOMIAL]
    same = mul(add(*(mul(c, power(x, num(i))) for i, c in enumerate(rows))), power(kernel, num(-2)))
    scene = _on_support(scene, d)
    if scene.decide(t, same).status != "proved" or not scene.has_value(t, same):
        raise NotKnown(f"{unparse(t)[:200]} is no quotient of a polynomial whose mean is known for {d}")
    means = (d.row.moments["kernel"](a, *d.parameters) or _ZERO for a in range(3))
    return add(_ZERO, *(mul(c, mean) for c, mean in zip(rows[::2], means, strict=True)))


def _by_moments(scene: Scene, d: Distribution, t: Term) -> Term:
    (name,) = d.names
    scene = _on_support(scene, d)
    centre = d.parameters[d.row.parameters.index(d.row.centre)] if d.row.centre else _ZERO
    rows = [_row(scene, d, centre, factors) for factors in expanded(off_zeros(t, scene.domain), name)]
    whole = add(_ZERO, *(mul(c, s.term(sym(name), centre)) for c, s in rows))
    apart = make("ne", sym(name), centre)
    smooth = make("piecewise", t, apart) if d.row.centre else t  # one point has probability 0
    if scene.decide(smooth, whole).status != "proved" or not _has_values(scene, d, t, whole):
        raise NotKnown(f"{unparse(t)[:200]} is not a combination of known statistics of {name}")
    return add(_ZERO, *(mul(c, _moment(d, s)) for c, s in rows))


def _has_values(scene: Scene, d: Distribution, t: Term, whole: Term) -> bool:
    """Has t a value wherever the other has one? Of a density, but for zeros of what it is divided by."""
    if scene.has_value(t, whole):
        return True
    verdict = scene.decide(whole, add(whole, mul(_ZERO, t)))
    counted = "integer" in d.row.support
    return not counted and isinstance(verdict, Proved) and not verdict.notes and _are_quotients(verdict.conditions, d)


def _are_quotients(conditions: tuple[Condition, ...], d: Distribution) -> bool:
    return all(c.kind == "nonzero" and free_names(c.term) & set(d.names) for c in conditions)


def _row(scene: Scene, d: Distribution, centre: Term, factors: list[Term]) -> tuple[Term, Statistic]:
    """A coefficient that is free of the data, and a statistic."""
    (name,), found, rest = d.names, Statistic(), [_ONE, _ONE]
    for f in factors:
        if name in free_names(f):
            sign, found = _taken(scene, found, f, name, centre)
            rest.append(sign)
        else:
            rest.append(f)
    return mul(*rest), _reduced(found)


def _taken(scene: Scene, s: Statistic, f: Term, name: str, centre: Term) -> tuple[Term, Statistic]:
    """The statistic times one more factor, but for what is free of the data."""
    y = sym(name)
    if f.head == "pow" and f.args[0] == y and name not in free_names(f.args[1]):
        return _ONE, replace(s, exponent=simplify(add(s.exponent, f.args[1])))
    if f == y:
        return _ONE, replace(s, exponent=simplify(add(s.exponent, _ONE)))
    if f.head == "pow" and f.args[1].head == "num" and f.args[0].head in ("abs", "sign") and f.args[1].value == 2:
        return _twice(scene, s, f.args[0], name, centre)
    if f.head == "log" and f.args[0] == y:
        return _ONE, replace(s, logs=s.logs + 1)
    if f.head == "log" and simplify(sub(f.args[0], sub(_ONE, y))) == _ZERO:
        return _ONE, replace(s, rests=s.rests + 1)
    if f.head == "exp":
        return _from_exponent(s, f.args[0], name)
    if f.head in ("abs", "sign"):
        return _from_gap(scene, s, f, name, centre)
    raise NotKnown(f"the expectation of {unparse(f)[:120]} is not known")


def _twice(scene: Scene, s: Statistic, f: Term, name: str, centre: Term) -> tuple[Term, Statistic]:
    first, s = _from_gap(scene, s, f, name, centre)
    second, s = _from_gap(scene, s, f, name, centre)
    return mul(first, second), s


def _from_exponent(s: Statistic, u: Term, name: str) -> tuple[Term, Statistic]:
    """exp(a·log(y) + b) as exp(b)·y**a; that it is one is proved with the whole."""
    at = [simplify(substitute(u, {name: v})) for v in (_ONE, make("exp", _ONE))]
    slope = simplify(sub(at[1], at[0]))
    return make("exp", at[0]), replace(s, exponent=simplify(add(s.exponent, slope)))


def _from_gap(scene: Scene, s: Statistic, f: Term, name: str, centre: Term) -> tuple[Term, Statistic]:
    """|a| and sign(a) of a = ±c·(y − centre), c > 0 free of the data."""
    gap = sub(sym(name), centre)
    slope = simplify(sub(substitute(f.args[0], {name: _ONE}), substitute(f.args[0], {name: _ZERO})))
    if not scene.equal(f.args[0], mul(slope, gap)):
        raise NotKnown(f"the expectation of {unparse(f)[:120]} is not known")
    factor = _of_number(f.head, slope)
    return factor, replace(s, size=s.size + 1) if f.head == "abs" else replace(s, side=s.side + 1)


def _of_number(head: str, slope: Term) -> Term:
    """|slope| or sign(slope)."""
    if slope.head != "num":
        return make(head, slope)
    return num(abs(slope.value) if head == "abs" else (slope.value > 0) - (slope.value < 0))


def _reduced(s: Statistic) -> Statistic:
    """sign² is 1 but at one point, which has probability 0."""
    return replace(s, side=s.side % 2)


def _moment(d: Distribution, s: Statistic) -> Term:
    """E of a statistic: a row of the table of the family."""
    found = next(iter(_moments(d, s)), None)
    if found is None:
        (name,) = d.names
        raise NotKnown(f"the expectation of {unparse(simplify(s.term(sym(name), sym('centre'))))} is not known for {d}")
    return found


def _moments(d: Distribution, s: Statistic) -> Iterator[Term]:
    plain = Statistic()
    if s == plain:
        yield _ONE
        return
    if d.row.centre and (s.size or s.side) and not (s.logs or s.rests):
        yield from _about_centre(d, s)
        return
    rows = {
        "power": (replace(plain, exponent=s.exponent), (s.exponent,)),
        "log": (replace(plain, logs=s.logs), (s.logs,)),
        "power log": (replace(plain, exponent=s.exponent, logs=1), (s.exponent,)),
        "power logs": (replace(plain, exponent=s.exponent, logs=2), (s.exponent,)),
        "log rest": (replace(plain, rests=1), ()),
    }
    for kind, (same, arguments) in rows.items():
        law = d.row.moments.get(kind) if s == same else None
        if law is not None and (found := law(*arguments, *d.parameters)) is not None:
            yield found


def _about_centre(d: Distribution, s: Statistic) -> Iterator[Term]:
    """With y = c + u: y**k |u|**a sign(u)**b is a sum of c**(k-j) |u|**(a+j) sign(u)**(b+j)."""
    if s.exponent.head != "num" or s.exponent.value not in (0, 1, 2, 3, 4):
        return
    k, (centre, *scale) = int(s.exponent.value), d.parameters
    rows: list[Term] = []
    for j in range(k + 1):
        found = _of_gap(d, s.size + j, (s.side + j) % 2, scale)
        if found is None:
            return
        rows.append(mul(num(math.comb(k, j)), power(centre, num(k - j)), found))
    yield add(_ZERO, *rows)


def _of_gap(d: Distribution, size: int, side: int, scale: list[Term]) -> Term | None:
    """E of |u|**size sign(u)**side for a symmetric u."""
    if side or not size:
        return _ZERO if side else _ONE
    return d.row.moments["size"](*d.parameters) if size == 1 else d.row.moments["power"](num(size), _ZERO, *scale)


def negative_log_density(scene: Scene) -> bool:
    """Is the loss minus the logarithm of the density, but for terms without the parameters? By its derivatives."""
    fixed = (
        p for d in scene.distributions for n, p in zip(d.row.parameters, d.parameters, strict=False) if n in d.row.fixed
    )
    if frozenset().union(*map(free_names, fixed)) & scene.gradient.keys():
        return False
    whole = neg(add(_ZERO, *(d.density() for d in scene.distributions)))
    slopes = {v: scene.derivative(whole, v) for v in scene.gradient}
    return bool(slopes) and all(
        s is not None and scene.decide(scene.gradient[v], s).status == "proved" for v, s in slopes.items()
    )
