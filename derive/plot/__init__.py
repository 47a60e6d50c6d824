"""Pictures of losses, of their costs and of claims. They need matplotlib, an extra: `pip install 'derive[plot]'`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from derive.errors import DeriveError
from derive.loss import Loss
from derive.plot import claim as _claim
from derive.plot import costs, curves, paths, style
from derive.plot.page import in_a_page
from derive.plot.style import Drawing, save
from derive.render.picture import Picture

__all__ = ["PICTURES", "claim", "figure", "loss", "of_claim", "of_item", "save"]

PICTURES: Mapping[str, Callable[[], Drawing]] = {
    "split-cost": curves.split_cost,
    "squared-error": curves.squared_error,
    "contours": costs.contours,
    "surface": costs.surface,
    "path": paths.path,
}
#: loss or theorem -> the pictures on its page, after that of the loss itself
_ON_PAGES: Mapping[str, tuple[str, ...]] = {
    "logistic": ("split-cost", "path"),
    "split-cost": ("split-cost",),
    "combine": ("split-cost",),
    "logistic-squared-error": ("squared-error", "contours", "surface"),
}


def figure(name: str) -> Any:
    """The picture of that name, a matplotlib `Figure`; or that of a loss of the catalog. `DeriveError` for others."""
    return style.figure(PICTURES[name]()) if name in PICTURES else loss(name)


def loss(name: str) -> Any:
    """ℓ and its two derivatives as functions of z, for a few targets."""
    return style.figure(_of_loss(name))


def _of_loss(name: str) -> Drawing:
    from derive import catalog

    known = (*PICTURES, *catalog.names())
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(PICTURES)}, and a loss of `derive list`"
        raise DeriveError(f"there is no picture {name[:80]!r}; {hint}")
    return curves.loss(catalog.load(name))


def claim(report: Any) -> Any:
    """A report of `derive.check`: what is claimed beside what is true; where they part is shaded."""
    return style.figure(_claim.claim(report))


def written(name: str, path: str | Path) -> None:
    """Draw it into a file."""
    save(figure(name), Path(path))


# -- for pages


def of_item(name: str) -> tuple[Picture, ...]:
    """The pictures for the page of a loss or theorem, as SVG. `MissingExtraError` where there is no matplotlib."""
    from derive import catalog

    style.import_matplotlib()
    own = [_of_loss(name)] if isinstance(catalog.find(name), Loss) else []
    return in_a_page([*own, *(PICTURES[each]() for each in _ON_PAGES.get(name, ()))])


def of_claim(report: Any, prefix: str = "picture") -> tuple[Picture, ...]:
    """The picture for the page of a report; none where several variables, no loss or its formulas allow none."""
    style.import_matplotlib()
    try:
        return in_a_page([_claim.claim(report)], prefix)
    except DeriveError:
        return ()
