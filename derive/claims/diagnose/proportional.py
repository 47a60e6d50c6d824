"""The claim is the derivative times something: −1, a number, or factors that are missing or too many."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from derive.claims.diagnose.candidate import Candidate, constant, inverse, scaled, shown, times
from derive.claims.scene import Scene
from derive.claims.simplify import simplify
from derive.terms.term import CONDITION_HEADS, Term, free_names, make, num, power, sub, sym, walk

_PLAIN = (Fraction(1), Fraction(-1))
_POWERS = (Fraction(2), Fraction(-2), Fraction(1, 2), Fraction(-1, 2))
_MOST_ATOMS = 36
_PI, _TWO = make("pi"), num(2)
_CONSTANTS = (power(_TWO, num(1, 2)), _PI, power(_PI, num(1, 2)), make("log", _TWO), make("log", num(10)))
_TOLERANCE = 1e-9


def by_number(scene: Scene) -> Iterator[Candidate]:
    """claimed = q·true: the sign, the sign that another library wants, or a constant factor."""
    q = constant(scene.probe.ratios(scene.claimed, scene.true))
    if q is None or q == 1:
        return
    right = scaled(q, scene.true)
    if q != -1:
        yield Candidate(
            "constant-factor", f"it is {q} times the derivative", scene.claimed, right, scaled(1 / q, scene.claimed)
        )
    elif scene.sign < 0:
        says = "it is the derivative of the loss, and the stated convention wants that of minus the loss"
        yield Candidate("convention", says, scene.claimed, right, scaled(q, scene.claimed))
    else:
        says = "it is minus the derivative (right for a library that wants derivatives of minus the loss)"
        yield Candidate("sign", says, scene.claimed, right, scaled(q, scene.claimed))


def by_constant(scene: Scene) -> Iterator[Candidate]:
    """claimed = q·c·true, or q·true/c, for a number c such as log(2) or the root of 2π."""
    known = [r for r in scene.probe.ratios(scene.claimed, scene.true) if r is not None]
    if any(not r.overlaps(known[0]) for r in known):
        return
    sources = [t for t in (scene.loss, scene.claimed) if t is not None]
    written = (a for t in sources for a in walk(t) if not free_names(a) and a.head not in CONDITION_HEADS | {"num"})
    for c in dict.fromkeys([*_CONSTANTS, *written]):
        for extra, wanted in ((times(c, scene.true), "too many"), (times(inverse(c), scene.true), "missing")):
            q = constant(scene.probe.ratios(scene.claimed, extra))
            if q is not None:
                how = f"the factor {shown(c)} is {'one factor too many' if wanted == 'too many' else wanted}"
                says = how if q == 1 else f"{how}, and it is {q} times what is left"
                undone = inverse(c) if wanted == "too many" else c
                fix = scaled(1 / q, times(undone, scene.claimed))
                yield Candidate("constant-factor", says, scene.claimed, scaled(q, extra), fix)


def by_factor(scene: Scene) -> Iterator[Candidate]:
    """claimed = q·a·true, or q·true/a."""
    yield from _by_powers(scene, _PLAIN)


def by_power(scene: Scene) -> Iterator[Candidate]:
    """claimed = q·aⁿ·true, for a square or a root."""
    yield from _by_powers(scene, _POWERS)


def _by_powers(scene: Scene, exponents: tuple[Fraction, ...]) -> Iterator[Candidate]:
    atoms, logs, ratio = _table(scene)
    for atom in atoms:
        for n in exponents:
            q = _rest(ratio, [(logs[atom], n)])
            if q is not None:
                yield from _candidates(scene, q, [(atom, n)])


def by_two_factors(scene: Scene) -> Iterator[Candidate]:
    """claimed = q·a^±1·b^±1·true."""
    atoms, logs, ratio = _table(scene)
    for a, b in combinations(atoms, 2):
        for n, m in ((1, 1), (-1, -1), (1, -1), (-1, 1)):
            q = _rest(ratio, [(logs[a], Fraction(n)), (logs[b], Fraction(m))])
            if q is not None:
                yield from _candidates(scene, q, [(a, Fraction(n)), (b, Fraction(m))])


def _table(scene: Scene) -> tuple[list[Term], dict[Term, list[float | None]], list[float | None]]:
    """What could be a factor, the logarithms of its size, and that of claimed/true, at the points."""
    claimed, true = scene.probe.floats(scene.claimed), scene.probe.floats(scene.true)
    ratio = [_log(a / b if a and b else None) for a, b in zip(claimed, true, strict=True)]
    logs: dict[Term, list[float | None]] = {}
    if len({r for r in ratio if r is not None}) >= 3:
        for atom in _atoms(scene):
            values = [_log(v) for v in scene.probe.floats(atom)]
            if any(v is not None and abs(v) > _TOLERANCE for v in values):
                logs[atom] = values
    return list(logs), logs, ratio


def _log(x: float | None) -> float | None:
    return math.log(abs(x)) if x and math.isfinite(x) else None


def _atoms(scene: Scene) -> list[Term]:
    """Variables, then the parts of the loss and of the claim, smallest first; 1 − p beside a share p."""
    sources = [t for t in (scene.loss, scene.claimed) if t is not None]
    names = sorted(frozenset().union(*map(free_names, sources)))
    inner = [
        a for t in sources for a in walk(t) if a.head not in CONDITION_HEADS | {"num", "sym", "piecewise", "slope"}
    ]
    parts = sorted(dict.fromkeys(inner), key=lambda a: a.size)
    slopes = [
        d
        for a in parts[:_MOST_ATOMS]
        if scene.z in free_names(a) and (d := scene.derivative(a, partly=True)) and free_names(d)
    ]
    shares = [sub(num(1), a) for a in parts if a.head in ("sigmoid", "normcdf")]
    return list(dict.fromkeys([*map(sym, names), *shares, *parts[:_MOST_ATOMS], *slopes]))[: _MOST_ATOMS * 2]


def _rest(ratio: Sequence[float | None], used: list[tuple[list[float | None], Fraction]]) -> float | None:
    """log q, when ratio − Σ n·log a is the same at all points."""
    found: float | None = None
    met = 0
    for i, r in enumerate(ratio):
        if r is None or any(values[i] is None for values, _ in used):
            continue
        rest = r - sum(float(n) * (values[i] or 0.0) for values, n in used)
        if found is not None and abs(rest - found) > _TOLERANCE * (1 + abs(rest)):
            return None
        found, met = rest, met + 1
    return found if met >= 3 else None


def _candidates(scene: Scene, log_q: float, used: list[tuple[Term, Fraction]]) -> Iterator[Candidate]:
    missing = times(*(a if n == -1 else power(a, num(-n)) for a, n in used if n < 0))
    extra = times(*(a if n == 1 else power(a, num(n)) for a, n in used if n > 0))
    size = Fraction(math.exp(log_q)).limit_denominator(200) if abs(log_q) < 6 else Fraction(0)
    for q in (size, -size) if size else ():
        says = _says(used, q)
        undone = times(*(a if n == -1 else power(a, num(-n)) for a, n in used))
        fix = scaled(1 / q, times(scene.claimed, undone))
        yield Candidate("factor", says, times(missing, scene.claimed), scaled(q, times(extra, scene.true)), fix)


def _says(used: list[tuple[Term, Fraction]], q: Fraction) -> str:
    words = []
    for atom, n in used:
        how = "is missing" if n < 0 else "is one factor too many"
        power_text = shown(simplify(atom if abs(n) == 1 else power(atom, num(abs(n)))))
        words.append(f"the factor {power_text} {how}")
    if q != 1:
        words.append(
            "the sign is wrong"
            if q == -1
            else f"a factor {q} is too much"
            if abs(q) > 1
            else f"a factor {1 / q} is missing"
        )
    return ", and ".join(words)
