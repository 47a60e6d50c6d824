"""The pictures of the documentation, drawn by `derive.plot`, and what is drawn in each, so that none falls behind.

The bytes of a picture depend on the version of matplotlib; its curves and its words do not. So `drawn.json` has a
digest of these for each picture, and one of the files that were written with them. Each panel is a file: they stand
beside each other, or below on a narrow screen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from derive import catalog
from derive.plot import PICTURES, curves, page, style
from derive.plot.style import Drawing

DOCS = Path(__file__).parents[1]
FOLDER = DOCS / "pictures"
RECORD = FOLDER / "drawn.json"
#: what the pictures on a page of `derive show` take from that page
_OURS = {"blue": style.BLUE, "orange": style.ORANGE, "green": style.GREEN, "red": style.RED}
_COLOURS = ";".join(f"--{name}:{colour}" for name, colour in {"paper": "#fff", "line": "#b0b0b0", **_OURS}.items())
_HEAD = f'<svg xmlns="http://www.w3.org/2000/svg" color="#000" style="{_COLOURS}" '


def names() -> list[str]:
    """Every picture, as `derive plot NAME` knows it."""
    return [*PICTURES, *catalog.names()]


def drawing(name: str) -> Drawing:
    """What is to be drawn."""
    return PICTURES[name]() if name in PICTURES else curves.loss(catalog.load(name))


def files(name: str, found: Drawing) -> list[Path]:
    """Where the panels of a picture are."""
    folder = FOLDER if name in PICTURES else FOLDER / "losses"
    return [folder / f"{name}-{n}.svg" for n, _ in enumerate(found.panels, 1)]


def shown(name: str, found: Drawing, up: str = "") -> list[str]:
    """The picture in Markdown, with what is to be seen in it."""
    images = [f"![{found.title}]({up}{p.relative_to(DOCS).as_posix()})" for p in files(name, found)]
    return ["", "\n".join(images), "", f"*{found.says}*"]


def draw() -> None:
    """Write the pictures that are missing, or do not show what they should, and the record."""
    (FOLDER / "losses").mkdir(parents=True, exist_ok=True)
    old, record = recorded(), {}
    for name in names():
        found = drawing(name)
        if old.get(name) != entry(name, found):
            for file, svg in zip(files(name, found), page.in_a_page([found], name)[0].panels, strict=True):
                in_one_line = svg.replace("<svg ", _HEAD, 1).replace("\n", "")  # nobody reads it as text
                file.write_text(in_one_line + "\n", encoding="utf-8")
        record[name] = entry(name, found)
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def recorded() -> dict[str, list[str]]:
    """picture -> the digests of what is drawn and of the files, as they were written."""
    return dict(json.loads(RECORD.read_text(encoding="utf-8"))) if RECORD.exists() else {}


def entry(name: str, found: Drawing) -> list[str]:
    """The digests of what is drawn, and of the files."""
    written = [file.read_bytes() if file.exists() else b"" for file in files(name, found)]
    return [_digest("\n".join(_drawn(found)).encode()), _digest(b"".join(written))]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _drawn(found: Drawing) -> Iterator[str]:
    """The words and the curves, to what can be seen; nothing is laid out, which would take its time."""
    for panel in found.panels:
        ax = Figure().add_subplot(projection="3d" if found.solid else None)
        panel(ax)
        yield from (ax.get_title(), ax.get_xlabel(), ax.get_ylabel())
        yield from (text.get_text() for text in ax.texts)
        for line in ax.lines:
            yield f"{line.get_label()} {line.get_linestyle()} {line.get_marker()} {line.get_color()}"
            yield from map(_numbers, line.get_data())
        for c in ax.collections:
            levels = c.get_array()
            yield f"{type(c).__name__} {_numbers(levels) if levels is not None else ''}"


def _numbers(values: Any) -> str:
    """The largest, and all in units of a hundred-thousandth of it, so that the last bit of a machine does not count."""
    finite = np.nan_to_num(np.ravel(np.asarray(values, dtype=float)), nan=0.0, posinf=0.0, neginf=0.0)
    unit = np.max(np.abs(finite), initial=0.0) / 1e5 or 1.0
    return " ".join([f"{unit:.3g}", *(str(int(v)) for v in np.round(finite / unit))])
