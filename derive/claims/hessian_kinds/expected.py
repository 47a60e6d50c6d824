"""The Fisher information: the exact Hessian in expectation, or the variance of the score."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

from derive.certificate import Proved, Unknown, Verdict
from derive.claims.diagnose.candidate import Candidate, constant, inverse, scaled, shown, times
from derive.claims.expectation import expectation, negative_log_density
from derive.claims.hessian_kinds.kind import Kind
from derive.claims.multiplied import NotKnown
from derive.claims.scene import Probe, Scene
from derive.claims.shorten import shortest
from derive.claims.simplify import simplify
from derive.prove.point import choose
from derive.prove.points import moved
from derive.prove.ties import has_choice
from derive.terms.term import Term, add, free_names, make, num, sub, substitute, sym

_PLACES, _DRAWS = 4, 16
_VALUES = 3  # of the data: a score that is 0 at some of them is seldom 0 at all
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
        if not _mean_is_zero(scene, score):
            continue
        for y in sorted(free_names(score) - free_names(scene.claimed) - set(scene.gradient)):
            for factor in _multiples(scene, gap, score, y) if _balances(scene, score, y) else ():
                if scene.late():
                    return None
                multiple = times(_worth_it(scene, gap, factor, score), score)
                if scene.equal(gap, multiple) and scene.has_value(multiple, gap):
                    return name, y, multiple
    return None


def _worth_it(scene: Scene, gap: Term, factor: Term, score: Term) -> Term:
    """The factor, simplified, unless a point tells already that it is none: what is long takes seconds."""
    multiple, probe = times(factor, score), scene.probe
    if scene.formula is None and probe.defined(gap, multiple) and not probe.agree(gap, multiple):
        return factor
    return simplify(factor)


def _mean_is_zero(scene: Scene, *scores: Term) -> bool:
    """Under the distributions that are stated; without any, that is what is said."""
    if not scene.distributions or negative_log_density(scene):
        return True
    try:
        return all(scene.equal(expectation(scene, _smooth(score)), num(0)) for score in scores)
    except NotKnown:
        return False


def variance(scene: Scene) -> Kind | None:
    """The product of two scores, free of the data: their covariance, where second derivatives miss a kink."""
    a, b = (scene.gradient.get(v) for v in scene.variables)
    if a is None or b is None or not (free_names(a) - free_names(scene.claimed) - set(scene.gradient)):
        return None
    if not _mean_is_zero(scene, a, b) or not _takes_both_signs(scene, a):
        return None
    if not scene.equal(scene.claimed, scaled(Fraction(scene.sign), times(a, b))):
        return None
    return Kind("fisher", "the Fisher information as the variance of the score: a product of first derivatives")


def _balances(scene: Scene, score: Term, y: str) -> bool:
    """Does the score take both signs as y varies alone? Otherwise its mean over y cannot be 0."""
    if scene.formula is not None:  # seen by the formulas: limits have no values at points
        return True
    rng = random.Random(2)
    for point in scene.probe.points[:_PLACES]:
        probe = Probe(moved(point, y, choose(scene.domain[y], rng)) for _ in range(_DRAWS))
        found = [v for v in probe.floats(score) if v]
        if any(v > 0 for v in found) and any(v < 0 for v in found):
            return True
    return False


def _takes_both_signs(scene: Scene, t: Term) -> bool:
    if scene.formula is not None:
        return True
    values = [v for v in scene.probe.floats(t) if v]
    return any(v > 0 for v in values) and any(v < 0 for v in values)


def _multiples(scene: Scene, gap: Term, score: Term, y: str) -> Iterator[Term]:
    """What, free of y, could be gap/score: a number, or the ratio at a value of y, at others where that is 0/0."""
    q = constant(scene.probe.ratios(gap, score))
    if q is not None:
        yield num(q)
        return
    rng = random.Random(1)
    drawn = dict.fromkeys(choose(scene.domain[y], rng) for _ in range(_DRAWS))
    puts = [{y: num(value)} for value in drawn][:_VALUES]
    slopes = [substitute(score, put) for put in puts]
    ratios = [times(substitute(gap, put), inverse(slope)) for put, slope in zip(puts, slopes, strict=True)]
    yield from ratios[:2]
    apart = [make("ne", slope, num(0)) for slope in slopes[:-1]]
    yield make("piecewise", *(x for pair in zip(ratios, [*apart, make("true")], strict=True) for x in pair))


def without_score(scene: Scene, score: Term, data: frozenset[str]) -> Term | None:
    """a, where the exact one is a + b·score with a and b free of the data: both are known from two of their values.

    The values are numbers, or a variable of the derivatives and 1 more: in y − m, m falls out.
    """
    rng = random.Random(3)
    drawn = {y: [*dict.fromkeys(choose(scene.domain[y], rng) for _ in range(_DRAWS))] for y in sorted(data)}
    pairs = [[{y: num(values[at]) for y, values in drawn.items()} for at in (0, -1)]]
    pairs += [[dict.fromkeys(data, add(sym(v), num(by))) for by in (0, 1)] for v in scene.gradient]
    for low, high in pairs:
        (s, t), (g, h) = ((substitute(f, low), substitute(f, high)) for f in (score, scene.true))
        slope = simplify(times(sub(h, g), inverse(sub(t, s))))
        rest = simplify(sub(g, times(slope, s)))
        whole = add(rest, times(slope, score))
        if scene.equal(scene.true, whole) and scene.has_value(whole, scene.true):
            return rest
    return None


def exact_fisher(scene: Scene) -> Kind | None:
    """The exact one, free of the data of the score, is its own expectation."""
    data = frozenset().union(*(free_names(t) for t in scene.gradient.values())) - set(scene.gradient)
    free = data - free_names(scene.claimed)
    return Kind("fisher", f"it is the exact one, and free of {', '.join(sorted(free))}") if free else None


def compare_expected(scene: Scene) -> tuple[Verdict, str]:
    """Is the entry the expected Hessian under the stated distribution? The verdict, and what was compared.

    Where the loss is minus the log density, its score has mean 0, and the covariance of the score is the Fisher
    information, also where second derivatives miss a kink; any other loss has an expected Hessian only.
    """
    over = "; ".join(map(str, scene.distributions))
    density = negative_log_density(scene)
    unknown: list[str] = []
    told: tuple[Verdict, str] | None = None
    for what, value in _expectations(scene, density=density):
        try:
            mean = expectation(scene, value)
        except NotKnown as why:
            unknown.append(str(why))
            continue
        verdict = scene.decide(mean, scene.claimed)
        says = f"{'the Fisher information' if density else 'an expected Hessian'}: {what} over {over}"
        if verdict.status == "proved" and scene.has_value(mean, scene.claimed):
            return verdict, says
        if verdict.status == "proved":
            unknown.append(f"{what} has no value at some values of the data, so it has no expectation there")
        elif verdict.status == "refuted":
            told = told or (verdict, f"it is not {what} over {over}, which is {shown(shortest(mean))}")
        else:
            unknown.append(getattr(verdict, "reason", ""))
    if density and told is None and _smooth_loss(scene) and (kind := fisher(scene)) is not None:
        return Proved("the score of a log density has mean 0"), kind.says
    return told or (Unknown(unknown[0] if unknown else f"no expectation over {over} is defined at a kink"), "")


def _expectations(scene: Scene, *, density: bool) -> Iterator[tuple[str, Term]]:
    """What has to be averaged: the covariance of the score of a log density; the second derivative of a smooth loss."""
    a, b = (scene.gradient.get(v) for v in scene.variables)
    if _smooth_loss(scene):
        yield "the exact one in expectation", scene.true
    if density and a is not None and b is not None:
        yield "the covariance of the score", scaled(Fraction(scene.sign), times(_smooth(a), _smooth(b)))


def _smooth_loss(scene: Scene) -> bool:
    """Without kinks in the variables: a second derivative misses what a kink adds to the expectation."""
    return scene.loss is not None and not any(has_choice(scene.loss, v) for v in scene.variables)


def _smooth(t: Term) -> Term:
    """A derivative without the note that it has no value where a choice ties: that has probability 0."""
    return t.args[0] if t.head == "piecewise" and len(t.args) == 2 else t
