"""How pictures look: colours that the colour-blind can tell, line styles that tell the same without colour.

Source of the colours: M. Okabe, K. Ito, Color universal design, 2008.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from derive.errors import DeriveError
from derive.files import write_bytes

BLUE, ORANGE, GREEN, RED, BLACK = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#000000"
#: colour and line style of the first, second … curve
LINES = ((BLUE, "-"), (RED, "--"), (GREEN, "-."), (ORANGE, ":"))
_FORMATS = ("png", "svg", "pdf")
_SETTINGS = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "lines.linewidth": 2,
    "legend.frameon": False,
    "svg.hashsalt": "derive",
}


def panels(rows: int, columns: int, width: float, height: float) -> tuple[Any, Any]:
    """A figure and its axes, rows × columns. No window is opened, and no state of matplotlib is changed."""
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        raise DeriveError("pictures need matplotlib: pip install 'derive[plot]'") from None
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots(rows, columns, squeeze=False)


def save(figure: Any, path: Path) -> None:
    """Write a PNG, SVG or PDF file, whole or not at all; the same picture gives the same bytes."""
    form = path.suffix.lower().lstrip(".")
    if form not in _FORMATS:
        raise DeriveError(f"{path}: a picture is written as {', '.join('.' + f for f in _FORMATS)}; name such a file")
    import matplotlib as mpl

    content, dates = BytesIO(), {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with mpl.rc_context(_SETTINGS):
        figure.savefig(content, format=form, dpi=160, metadata=dates.get(form))
    write_bytes(path, content.getvalue())


def curve(axes: Any, x: Any, y: Any, number: int, label: str) -> None:
    """One of a few curves, told apart by colour and by line style."""
    colour, style = LINES[number % len(LINES)]
    axes.plot(x, y, color=colour, linestyle=style, label=label)
