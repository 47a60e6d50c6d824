"""The Fisher information under the distribution of which the loss is minus the log density, where none is stated.

The parameters are looked for among the parts of the loss; that the loss is minus the log density is proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice, product

from derive.certificate import Proved, Refuted, Verdict
from derive.claims.distributions import Distribution
from derive.claims.expectation import negative_log_density
from derive.claims.families import FAMILIES, Family
from derive.claims.hessian_kinds.expected import compare_expected, without_score
from derive.claims.hessian_kinds.kind import Kind
from derive.claims.scene import Probe, Scene
from derive.claims.simplify import simplify
from derive.prove.point import Point
from derive.prove.points import search
from derive.terms.term import CONDITION_HEADS, Term, add, free_names, make, mul, neg, num, power, sub, sym, walk
from derive.terms.unparse import unparse

#: where a multiple of the score does not tell: the mean of a logarithm, of a quotient
_FAMILIES = ("cauchy", "student t", "weibull")
_LARGEST, _MOST, _PAIRS, _LIKELY = 9, 14, 4, 4
_CLOSE = 1e-9


def implied(scene: Scene) -> Kind | None:
    """Is it the expected Hessian of a family of distributions, and the loss minus the log density?"""
    verdict, says = _compared(scene)
    return Kind("fisher", says) if isinstance(verdict, Proved) else None


def no_fisher(scene: Scene) -> bool:
    """Is it certainly no expected Hessian, whatever the distribution is under which the score has mean 0?

    So it is where nothing is averaged, where the exact one is a + b·score with a and b free of the data, as a is the
    mean, and where it is above the claim, or below it, for all data.
    """
    own = _averaged(scene)
    if not own or not own & free_names(scene.true):
        return True
    for score in scene.gradient.values():
        mean = without_score(scene, score, own)
        if mean is not None:
            return scene.decide(mean, scene.claimed).status == "refuted"
    gap = sub(scene.true, scene.claimed)
    found = _compared(scene)[0]
    return isinstance(found, Refuted) or any(scene.nonnegative(t, strict=True) for t in (gap, neg(gap)))


def _averaged(scene: Scene) -> frozenset[str]:
    """The data that are not in the claim: those that are, are held fixed."""
    data = frozenset().union(*map(free_names, scene.gradient.values())) - scene.gradient.keys()
    return data - free_names(scene.claimed)


def _compared(scene: Scene) -> tuple[Verdict | None, str]:
    """The comparison under the distribution that is found, if one is."""
    if scene.loss is None or scene.distributions or scene.formula is not None or scene.of_entries:
        return None, ""
    for y in sorted(_averaged(scene)):
        likely = islice(_distributions(scene, y), _LIKELY)
        found = next((d for d in likely if _is_density(scene, d)), None)
        if found is not None:
            return compare_expected(replace(scene, distributions=(found,)))
    return None, ""


def _is_density(scene: Scene, d: Distribution) -> bool:
    return not scene.late() and negative_log_density(replace(scene, distributions=(d,)))


def _distributions(scene: Scene, y: str) -> Iterator[Distribution]:
    """Those that the loss agrees with, at some points, but for terms without the variables of the derivatives."""
    loss = scene.loss if scene.loss is not None else num(0)
    labels = scene.domain[y].whole or scene.domain[y].values is not None
    pairs = [] if labels else list(_pairs(scene, y))
    for name in _FAMILIES if pairs else ():
        row = FAMILIES[name]
        for chosen in product(*_places(loss, y, row)):
            if scene.late():
                return
            whole = add(loss, row.density(sym(y), *chosen))
            if _constant(pair.floats(whole) for pair in pairs):
                yield Distribution((y,), name, chosen, f"{name}({', '.join(map(unparse, chosen))})")


def _places(loss: Term, y: str, row: Family) -> Iterator[list[Term]]:
    """What each parameter may be: what y is compared with, for a mean; else parts of the loss, and roots of them."""
    found = [a for a in walk(loss) if a.head not in CONDITION_HEADS and a.size <= _LARGEST and y not in free_names(a)]
    parts = sorted(dict.fromkeys(a for a in found if a.head != "num"), key=lambda a: a.size)[:_MOST]
    roots = [num(1), *(power(a, num(1, 2)) for a in parts if a.head in ("sym", "mul")), *map(_half, parts)]
    numbers = [num(n) for a in found if a.head == "num" and a.value > 0 for n in a.value.as_integer_ratio()]
    for parameter in row.parameters:
        own = [*parts, *(numbers if parameter == "df" else roots)]
        yield list(dict.fromkeys(_centres(loss, y) if parameter in row.real else own))


def _centres(loss: Term, y: str) -> Iterator[Term]:
    """c, for each y − c and c − y."""
    for a in walk(loss):
        for way, part in ((-1, sym(y)), (1, neg(sym(y)))):
            if a.head == "add" and part in a.args:
                rest = [b if way > 0 else neg(b) for b in a.args if b != part]
                yield simplify(add(num(0), *rest))


def _half(a: Term) -> Term:
    """The root of exp(2u), as people write it."""
    return make("exp", mul(num(1, 2), a.args[0])) if a.head == "exp" else a


def _pairs(scene: Scene, y: str) -> Iterator[Probe]:
    """Points that differ in the variables of the derivatives only."""
    terms = (scene.loss if scene.loss is not None else num(0), *scene.gradient.values())
    points = [p for p in search(terms, scene.domain, 20, 2 * _PAIRS) if p.inside()]
    for a, b in zip(points[::2], points[1::2], strict=False):
        other = {v: b.values[v] for v in scene.gradient if v in b.values}
        moved = Point({**a.values, **other}, scene.domain)
        if moved.inside() and y in a.values:
            yield Probe([a, moved])


def _constant(pairs: Iterable[list[float | None]]) -> bool:
    """Is no pair known to differ, and two known to agree? A value too close to 0 is not known."""
    known = 0
    for a, b in pairs:
        if a is not None and b is not None:
            known += 1
            if abs(a - b) > _CLOSE * (1 + abs(a)):
                return False
    return known > 1
