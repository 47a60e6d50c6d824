"""The notebook in docs/: it was run as it stands, and shows what it shows today."""

from __future__ import annotations

import json
import math
import re

from tests.test_docs import generator

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
#: errors met, and other numbers that are nothing but rounding
_ROUNDING = 1e-9


def test_outputs_are_those_of_the_cells() -> None:
    """Run again from first to last, every cell shows what is stored: the words, and the numbers but for rounding."""
    notebook = generator().notebook
    stored = notebook.read()
    fresh = notebook.run(stored)
    for old, new in zip(stored["cells"], fresh["cells"], strict=True):
        before, after = (_flat(json.dumps({**cell, "source": ""}, ensure_ascii=False)) for cell in (old, new))
        assert _NUMBER.sub("#", before) == _NUMBER.sub("#", after), "".join(old["source"])
        pairs = zip(_NUMBER.findall(before), _NUMBER.findall(after), strict=True)
        assert [pair for pair in pairs if not _close(*map(float, pair))] == []


def _flat(text: str) -> str:
    """With 7.3 · 10⁻¹⁴ as one number, also in LaTeX."""
    return re.sub(r" \\+cdot 10\^\{(-?\d+)\}", r"e\1", text)


def _close(old: float, new: float) -> bool:
    return math.isclose(old, new, rel_tol=1e-6, abs_tol=_ROUNDING)


def test_a_changed_output_is_noticed() -> None:
    """The comparison is of numbers, not only of words: another coefficient is not close, another rounding is."""
    assert _flat(r"$7.3 \cdot 10^{-14}$") == "$7.3e-14$"
    assert _close(5.5e-14, 7.1e-14)
    assert not _close(-3.8662481, -3.8662)


def test_what_is_shown() -> None:
    """A loss, a derivation, three verdicts and a report, as mathematics: Markdown and LaTeX beside the plain text."""
    cells = [cell for cell in generator().notebook.read()["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    shown = {cell["id"]: cell["outputs"][-1]["data"] for cell in cells}
    for name in ("loss", "derivation", "proved", "refuted", "unknown", "report"):
        assert shown[name].keys() >= {"text/plain", "text/markdown", "text/latex"}, name
    for name in ("proved", "refuted", "unknown"):
        assert f"**{name}**" in "".join(shown[name]["text/markdown"])


def test_nothing_of_a_machine_is_in_it() -> None:
    """No path, no name of a user, nothing that differs where somebody else runs it."""
    text = generator().notebook.FILE.read_text(encoding="utf-8")
    assert not re.search(r"/(home|Users|tmp|root|usr)/|[A-Z]:\\\\|0x[0-9a-f]{6,}", text)
