"""What a formula is that is not the derivative, but was written on purpose: each kind is proved."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derive.certificate import Unknown
from derive.claims.hessian_kinds.bounds import (
    any_constant,
    any_majorizer,
    any_scale,
    constant_bound,
    magnitude,
    majorizer,
    no_majorizer,
    no_multiple,
    scaled_by_parameter,
    scaled_up,
    steeper_at_a_kink,
)
from derive.claims.hessian_kinds.branches import taylor
from derive.claims.hessian_kinds.clips import clipped
from derive.claims.hessian_kinds.differences import finite_difference
from derive.claims.hessian_kinds.expected import compare_expected, exact_fisher, fisher, times_fisher, variance
from derive.claims.hessian_kinds.implied import implied, no_fisher
from derive.claims.hessian_kinds.kind import Kind
from derive.claims.hessian_kinds.matrix import matrix_bound
from derive.claims.hessian_kinds.secants import any_secant, gauss_newton, of_squares, secant, trapezoid, weight
from derive.claims.hessian_kinds.ties import settled
from derive.claims.scene import Scene

__all__ = [
    "KINDS",
    "Kind",
    "accepts",
    "compare_expected",
    "matrix_bound",
    "recognise",
    "recognise_bound",
    "times_fisher",
]

KINDS = ("exact", "scaled", "constant", "majorizer", "fisher", "gauss-newton", "clipped", "secant", "taylor")
_GRADIENT_KINDS: tuple[Callable[[Scene], Kind | None], ...] = (clipped, taylor, finite_difference)
_HESSIAN_KINDS = (*_GRADIENT_KINDS, of_squares, fisher, constant_bound, variance, implied)
_BOUNDS = (scaled_up, scaled_by_parameter, gauss_newton, trapezoid, magnitude, majorizer, secant, weight)
_MET_BY_EXACT = frozenset({"scaled", "majorizer", "gauss-newton", "clipped", "secant", "taylor"})
_CLAIMED: dict[str, Callable[[Scene], Kind | None]] = {
    "scaled": any_scale,
    "constant": any_constant,
    "majorizer": any_majorizer,
    "fisher": lambda scene: fisher(scene) or variance(scene) or implied(scene),
    "gauss-newton": gauss_newton,
    "clipped": clipped,
    "secant": any_secant,
    "taylor": taylor,
}
#: kinds that are not refuted by what is no proof of them
_REFUTED: dict[str, Callable[[Scene], bool]] = {"majorizer": no_majorizer, "scaled": no_multiple, "fisher": no_fisher}
_UNDECIDED = {
    "majorizer": "whether it is a majorizer is not decided",
    "scaled": "whether it is scaled is not decided",
    "fisher": "whether it is the expected one depends on the distribution of the data, which is not stated",
}


def recognise(scene: Scene) -> Kind | None:
    """The kind of an entry that is certainly no slip, or None."""
    if scene.of_entries:
        return None
    return _first(scene, _GRADIENT_KINDS if scene.side == "gradient" else _HESSIAN_KINDS)


def recognise_bound(scene: Scene, *, suspect: bool = False) -> Kind | None:
    """The kind of a Hessian that approximates the exact one. After a wrong gradient, what is larger is so by chance."""
    if scene.of_entries:
        return scaled_up(scene) if scene.side == "hessian" else None
    if scene.probe.agree(scene.claimed, scene.true):
        return None  # the two differ at points only, where the formula of the exact one need not hold
    bounds = [b for b in _BOUNDS if b is not majorizer] if suspect else _BOUNDS
    return _first(scene, bounds) if scene.side == "hessian" else None


def _first(scene: Scene, kinds: Sequence[Callable[[Scene], Kind | None]]) -> Kind | None:
    for kind in kinds:
        if scene.late():
            return None
        if isinstance(found := settled(scene, kind), Kind):
            return found
    return None


def _extreme(scene: Scene, wanted: str) -> Kind | Unknown | None:
    """The exact one as a case of another kind; where the loss has a kink, no second derivative says how steep it is."""
    if wanted == "majorizer" and len(set(scene.variables)) == 1 and steeper_at_a_kink(scene):
        return None if no_majorizer(scene) else Unknown(_UNDECIDED[wanted])
    return Kind(wanted, "it is the exact one") if wanted in _MET_BY_EXACT else None


def accepts(scene: Scene, wanted: str, *, exact: bool) -> Kind | Unknown | None:
    """Is the entry of the kind that was claimed? The exact one is an extreme case of most kinds."""
    if wanted == "exact":
        return None
    if exact:
        return exact_fisher(scene) if wanted == "fisher" else _extreme(scene, wanted)
    if scene.of_entries and wanted != "scaled":
        return None
    found = settled(scene, _CLAIMED[wanted])
    if found is None and scene.late():
        return Unknown("the time is over")
    if found is None and wanted in _REFUTED and not _REFUTED[wanted](scene):
        return Unknown(_UNDECIDED[wanted])
    if isinstance(found, Kind) and not found.asked and wanted != "fisher":  # of a mean a note is enough
        return Unknown(f"it is {found.says}, but what it is where a choice ties is not decided")
    return found if isinstance(found, Kind) else None
