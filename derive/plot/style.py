"""How pictures look: colours that the colour-blind can tell, line styles that tell the same without colour.

Source of the colours: M. Okabe, K. Ito, Color universal design, 2008.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

from derive.errors import DeriveError, MissingExtraError
from derive.files import write_bytes

BLUE, ORANGE, GREEN, RED, BLACK, WHITE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#000000", "#FFFFFF"
LINE = "#BFBFC0"  # of grids and frames: no shade of a surface is the same
#: colour and line style of the first, second … curve
LINES = ((BLUE, "-"), (RED, "--"), (GREEN, "-."), (ORANGE, ":"))
_FORMATS = ("png", "svg", "pdf")
_SETTINGS = {
    "font.size": 10,
    "axes.titlesize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.5,
    "grid.color": LINE,
    "lines.linewidth": 2,
    "legend.fontsize": 9,
    "legend.framealpha": 0.85,
    "legend.edgecolor": LINE,
    "svg.hashsalt": "derive",
}

Panel: TypeAlias = Callable[[Any], None]


@dataclass(frozen=True)
class Drawing:
    """A picture: what it is called, what is to be seen in it, and a function for each panel that draws on axes.

    `width` and `height` of a panel are in inches; `solid` panels have three axes.
    """

    title: str
    says: str
    panels: tuple[Panel, ...]
    width: float = 3.9
    height: float = 3.5
    solid: bool = False


def figure(drawing: Drawing) -> Any:
    """The panels beside each other, as a matplotlib `Figure`. No window is opened, no state of matplotlib changed."""
    wide = drawing.width * len(drawing.panels)
    return _figure(drawing, wide, drawing.panels)


def panels(drawing: Drawing) -> list[Any]:
    """Each panel as a figure of its own."""
    return [_figure(drawing, drawing.width, (panel,)) for panel in drawing.panels]


def _figure(drawing: Drawing, width: float, drawn: tuple[Panel, ...]) -> Any:
    import_matplotlib()
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_SETTINGS):
        made = Figure(figsize=(width, drawing.height), layout="constrained")
        if len(drawn) > 1:
            made.suptitle(drawing.title)
        kind = {"projection": "3d"} if drawing.solid else {}
        for ax, draw in zip(made.subplots(1, len(drawn), squeeze=False, subplot_kw=kind)[0], drawn, strict=True):
            draw(ax)
        made.draw_without_rendering()  # it is laid out once, so that every file that is written of it is the same
        made.set_layout_engine("none")
    return made


def import_matplotlib() -> None:
    """`MissingExtraError` where there is no matplotlib."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise MissingExtraError("pictures need matplotlib: pip install 'derive[plot]'") from None


def save(made: Any, path: Path) -> None:
    """Write a PNG, SVG or PDF file, whole or not at all; the same picture gives the same bytes."""
    form = path.suffix.lower().lstrip(".")
    if form not in _FORMATS:
        raise DeriveError(f"{path}: a picture is written as {', '.join('.' + f for f in _FORMATS)}; name such a file")
    write_bytes(path, content(made, form))


def content(made: Any, form: str) -> bytes:
    """The picture as a file of that format, without a date."""
    import matplotlib as mpl

    out, dates = BytesIO(), {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with mpl.rc_context(_SETTINGS):
        made.savefig(out, format=form, dpi=160, metadata=dates.get(form))
    return out.getvalue()


def curve(axes: Any, x: Any, y: Any, number: int, label: str) -> None:
    """One of a few curves, told apart by colour and by line style."""
    colour, style = LINES[number % len(LINES)]
    axes.plot(x, y, color=colour, linestyle=style, label=label)
