"""Pictures of losses, of their costs and of claims. They need matplotlib, an extra: `pip install 'derive[plot]'`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from derive.plot import claim as _claim
from derive.plot import costs, curves, paths
from derive.plot.style import save

__all__ = ["PICTURES", "claim", "figure", "loss", "save"]

PICTURES: Mapping[str, Callable[[], Any]] = {
    "split-cost": curves.split_cost,
    "squared-error": curves.squared_error,
    "surface": costs.surface,
    "path": paths.path,
}


def figure(name: str) -> Any:
    """The picture of that name, a matplotlib `Figure`; or that of a loss of the catalog. `DeriveError` for others."""
    return PICTURES[name]() if name in PICTURES else loss(name)


def loss(name: str) -> Any:
    """ℓ and its two derivatives as functions of z, for a few targets."""
    from derive import catalog

    return curves.loss(catalog.load(name))


def claim(report: Any) -> Any:
    """A report of `derive.check`: what is claimed beside what is true; where they part is shaded."""
    return _claim.claim(report)


def written(name: str, path: str | Path) -> None:
    """Draw it into a file."""
    save(figure(name), Path(path))
