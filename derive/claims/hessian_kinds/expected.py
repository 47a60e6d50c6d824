"""The Fisher information: the exact Hessian in expectation, or the variance of the score."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

from derive.claims.diagnose.candidate import Candidate, constant, inverse, scaled, times
from derive.claims.hessian_kinds.kind import Kind
from derive.claims.scene import Probe, Scene
from derive.prove.point import choose
from derive.prove.points import moved
from derive.terms.term import Term, free_names, num, sub, substitute

_PLACES, _DRAWS = 4, 16
_FACTORS = (Fraction(1, 2), Fraction(2), Fraction(-1), Fraction(1, 4), Fraction(4))


def fisher(scene: Scene) -> Kind | None:
    """The exact one and a multiple of the score, free of the data: equal in expectation, as the score has mean 0."""
    found = _by_score(scene, sub(scene.true, scene.claimed))
    if found is None:
        return None
    name, y, _ = found
    says = f"the exact one in expectation over {y}, where the derivative in {name} has mean 0"
    return Kind("fisher", f"the Fisher information: {says}")


def times_fisher(scene: Scene) -> Candidate | None:
    """A simple number times the Fisher information."""
    for q in _FACTORS if scene.side == "hessian" else ():
        gap = sub(scene.true, scaled(1 / q, scene.claimed))
        found = _by_score(scene, gap)
        if found is not None:
            says = f"it is {q} times the Fisher information, the exact one in expectation over {found[1]}"
            return Candidate("constant-factor", says, gap, found[2], scaled(1 / q, scene.claimed))
    return None


def _by_score(scene: Scene, gap: Term) -> tuple[str, str, Term] | None:
    """The variable of a score, its data and a multiple of it, free of the data, that the gap is."""
    for name, score in scene.gradient.items():
        for y in sorted(free_names(score) - free_names(scene.claimed) - set(scene.gradient)):
            for factor in _multiples(scene, gap, score, y) if _balances(scene, score, y) else ():
                if scene.equal(gap, times(factor, score)):
                    return name, y, times(factor, score)
    return None


def variance(scene: Scene) -> Kind | None:
    """The product of two scores, free of the data: their covariance, where second derivatives miss a kink."""
    a, b = (scene.gradient.get(v) for v in scene.variables)
    if a is None or b is None or not (free_names(a) - free_names(scene.claimed) - set(scene.gradient)):
        return None
    if not _takes_both_signs(scene, a) or not scene.equal(scene.claimed, scaled(Fraction(scene.sign), times(a, b))):
        return None
    return Kind("fisher", "the Fisher information as the variance of the score: a product of first derivatives")


def _balances(scene: Scene, score: Term, y: str) -> bool:
    """Does the score take both signs as y varies alone? Otherwise its mean over y cannot be 0."""
    rng = random.Random(2)
    for point in scene.probe.points[:_PLACES]:
        probe = Probe(moved(point, y, choose(scene.domain[y], rng)) for _ in range(_DRAWS))
        found = [v for v in probe.floats(score) if v]
        if any(v > 0 for v in found) and any(v < 0 for v in found):
            return True
    return False


def _takes_both_signs(scene: Scene, t: Term) -> bool:
    values = [v for v in scene.probe.floats(t) if v]
    return any(v > 0 for v in values) and any(v < 0 for v in values)


def _multiples(scene: Scene, gap: Term, score: Term, y: str) -> Iterator[Term]:
    """What, free of y, could be gap/score: a number, or the ratio at one value of y."""
    q = constant(scene.probe.ratios(gap, score))
    if q is not None:
        yield num(q)
        return
    rng = random.Random(1)
    for _ in range(2):
        put = {y: num(choose(scene.domain[y], rng))}
        yield times(substitute(gap, put), inverse(substitute(score, put)))


def exact_fisher(scene: Scene) -> Kind | None:
    """The exact one, free of the data of the score, is its own expectation."""
    data = frozenset().union(*(free_names(t) for t in scene.gradient.values())) - set(scene.gradient)
    free = data - free_names(scene.claimed)
    return Kind("fisher", f"it is the exact one, and free of {', '.join(sorted(free))}") if free else None
