"""Compare compiled cost, gradient and Hessian with finite differences of J. No automatic differentiation, no proof.

Three kinds of comparison, each with the error it allows and why: one sample at a time at named corners (`probe`),
along a direction on data in high precision (`precise`), and the same in float64 (`plain`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from derive import compiled
from derive.certificate import Agreement, Check
from derive.data import Data, check_target
from derive.gradcheck import samples
from derive.gradcheck.compare import Subject
from derive.gradcheck.plain import plain
from derive.gradcheck.precise import precise
from derive.gradcheck.probe import probe
from derive.gradcheck.reference import Reference
from derive.loss import Loss

#: rows of a data set that are differenced in high precision
_ROWS = 30
#: generated data for float64: below the size from which BLAS starts threads, which takes longer than the work
_LARGE = (700, 12)
_PENALTY = 0.7


def gradcheck(
    loss: Loss,
    *,
    data: Data | None = None,
    gradient: Callable[..., Any] | None = None,
    hessian: Callable[..., Any] | None = None,
) -> Agreement:
    """Compare gradient and Hessian of J with finite differences of J; by default the compiled ones.

    `gradient` and `hessian` are functions `(theta, X, y, sample_weight=None, *, penalty=0.0)` that return arrays of
    shape (n,) and (n, n), as `derive.compiled.gradient` does; `data` replaces the real data sets that come with the
    package. The same points are used each time. `DataError` for targets that the loss excludes, or results of a
    wrong shape.

    >>> from derive import catalog
    >>> logistic = catalog.load("logistic")
    >>> gradcheck(logistic).ok
    True
    >>> wrong = compiled.gradient(logistic)
    >>> gradcheck(logistic, gradient=lambda *a, **k: wrong(*a, **k) * (1 + 1e-9)).ok
    False
    """
    if data is not None:
        check_target(data, loss)
    functions: dict[str, Callable[..., Any]] = {
        "cost": compiled.cost(loss),
        "gradient": gradient or compiled.gradient(loss),
        "hessian": hessian or compiled.hessian(loss),
    }
    given = {name for name, f in (("gradient", gradient), ("hessian", hessian)) if f is not None}
    return Agreement(tuple(_checks(loss, functions, given, samples.real(loss) if data is None else [data])))


def _checks(loss: Loss, functions: dict[str, Callable[..., Any]], given: set[str], sets: list[Data]) -> list[Check]:
    reference, targets = _reference(loss), samples.targets(loss.interval_y_true)
    floors = {name: size / 1000 for name, size in _typical(reference, targets).items() if name in given}
    subject = Subject(functions, floors, _PENALTY if loss.penalty != "none" else 0.0)
    checks = probe(reference, targets, subject)
    for data in (samples.generated(loss, 20, 4), *sets):
        checks += precise(reference, samples.thinned(data, _ROWS), subject)
    for data in (samples.generated(loss, *_LARGE), *(d for d in sets if len(d.y) > _ROWS)):
        checks += plain(data, subject)
    return checks


@lru_cache(maxsize=32)
def _reference(loss: Loss) -> Reference:
    return Reference(loss)


def _typical(reference: Reference, targets: list[float]) -> dict[str, float]:
    """The largest |ℓ′| and |ℓ″| near z = 0."""
    found = [reference.along(z, 1.0, y) for z in (-1.0, 0.0, 1.0) for y in targets]
    return {name: max(abs(float(f[k].mid())) for f in found) for k, name in ((1, "gradient"), (2, "hessian"))}
