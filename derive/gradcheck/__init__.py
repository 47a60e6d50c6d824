"""Compare compiled cost, gradient and Hessian with finite differences of J. No automatic differentiation, no proof.

Three kinds of comparison, each with the error it allows and why: one sample at a time at named corners (`probe`),
along a direction on data in high precision (`precise`), and the same in float64 (`plain`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from derive import compiled, large
from derive.certificate import Agreement, Check
from derive.data import Data, check_target
from derive.domain import REAL
from derive.gradcheck import samples
from derive.gradcheck.blocks import Comparison, in_blocks
from derive.gradcheck.compare import Subject
from derive.gradcheck.plain import plain
from derive.gradcheck.precise import precise
from derive.gradcheck.probe import probe
from derive.gradcheck.reference import Reference
from derive.gradcheck.switches import switches
from derive.large import Blocks
from derive.loss import Loss

Setting: TypeAlias = Mapping[str, float | Fraction]
#: rows of a data set that are differenced in high precision
_ROWS = 30
#: generated data for float64: below the size from which BLAS starts threads, which takes longer than the work
_LARGE = (700, 12)
_PENALTY = 0.7


def gradcheck(
    loss: Loss,
    *,
    data: Data | Blocks | None = None,
    gradient: Callable[..., Any] | None = None,
    hessian: Callable[..., Any] | None = None,
    parameters: Setting | None = None,
) -> Agreement:
    """Compare gradient and Hessian of J with finite differences of J; by default the compiled ones.

    `gradient` and `hessian` are functions `(theta, X, y, sample_weight=None, *, penalty=0.0)` that return arrays of
    shape (n,) and (n, n), as `derive.compiled.gradient` does; `data` replaces the real data sets that come with the
    package; as `Blocks`, or with dask arrays or memory-mapped ones in it, it is read once, in blocks of rows, each of
    which is compared by itself. `parameters` are the numbers for those of the loss: by default those that its file
    names, one after the other, and the first of each where functions are given. The same points are used each time.
    `DataError` for targets that the loss excludes, or results of a wrong shape.

    >>> from derive import catalog
    >>> logistic = catalog.load("logistic")
    >>> gradcheck(logistic).ok
    True
    >>> wrong = compiled.gradient(logistic)
    >>> gradcheck(logistic, gradient=lambda *a, **k: wrong(*a, **k) * (1 + 1e-9)).ok
    False
    """
    if isinstance(data, Data):
        if large.outgrows(data):
            data = large.in_blocks(data)
        else:
            check_target(data, loss)
    given = {name: f for name, f in (("gradient", gradient), ("hessian", hessian)) if f is not None}
    sets: Sequence[Data | Blocks] = samples.real(loss) if data is None else [data]
    settings: Sequence[Setting] = [parameters] if parameters else loss.settings[:1] if given else loss.settings
    checks = [c for n, setting in enumerate(settings) for c in _checks(loss, given, setting, sets if n == 0 else None)]
    return Agreement(tuple(checks))


def _checks(
    loss: Loss, given: dict[str, Callable[..., Any]], setting: Setting, sets: Sequence[Data | Blocks] | None
) -> list[Check]:
    """The probe for one setting of the parameters; and the comparison on data, unless it is done for another one."""
    reference, targets = _reference(loss.at(setting)), samples.targets(loss.interval_y_true)
    floors = {name: size / 1000 for name, size in _typical(reference, targets).items() if name in given}
    functions = {name: make(loss, **setting) for name, make in _COMPILED.items()} | given
    subject = Subject(functions, floors, _PENALTY if loss.penalty != "none" else 0.0, loss.interval_z != REAL)
    numbers = "".join(f", {name} = {value}" for name, value in setting.items())
    checks = probe(reference, targets, subject, numbers)
    if sets is None:
        return checks
    how = Comparison(loss, reference, subject, switches(loss.at(setting)), _ROWS)
    pairs = [_on(data, how) for data in sets]
    checks += precise(reference, samples.generated(loss, 20, 4), subject)
    checks += [c for exact, _ in pairs for c in exact]
    checks += plain(samples.generated(loss, *_LARGE), subject, how.switches)
    return checks + [c for _, quick in pairs for c in quick]


def _on(data: Data | Blocks, how: Comparison) -> tuple[list[Check], list[Check]]:
    """With 77 digits, and in float64."""
    return in_blocks(data if isinstance(data, Blocks) else Blocks(lambda: iter([data]), data.title), how)


_COMPILED: dict[str, Callable[..., Any]] = {
    "cost": compiled.cost,
    "gradient": compiled.gradient,
    "hessian": compiled.hessian,
}


@lru_cache(maxsize=256)
def _reference(loss: Loss) -> Reference:
    return Reference(loss)


def _typical(reference: Reference, targets: list[float]) -> dict[str, float]:
    """The largest |ℓ′| and |ℓ″| near z = 0, or at z = 1/2, 1 and 2 where z must be positive."""
    places = (-1.0, 0.0, 1.0) if reference.loss.interval_z == REAL else (0.5, 1.0, 2.0)
    found = [reference.along(z, 1.0, y) for z in places for y in targets]
    return {name: max(abs(float(f[k].mid())) for f in found) for k, name in ((1, "gradient"), (2, "hessian"))}
