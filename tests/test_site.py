"""The documentation as a site: built without a warning, nothing in it is missing, it loads nothing from elsewhere."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from derive import catalog
from tests.shared import few
from tests.test_docs import generator

ROOT = Path(__file__).parents[1]
_LOADS = re.compile(r"<(?:script|link|img|iframe|source|video|object|embed)\b[^>]*?\b(?:src|href|data)=\"([^\"]+)\"")
#: where a backslash may stand: code, scripts, and the LaTeX that comes with a formula to be copied
_NOT_PROSE = re.compile(r"<(script|code|pre|annotation)\b.*?</\1>", re.DOTALL)
_CANONICAL = re.compile(r'<link rel="(?:prev|next|canonical)"[^>]*>')


def build(config: Path, site: Path) -> tuple[int, str]:
    """Build a site as a reader would; the exit code, and what was said."""
    command = [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict", "--config-file", str(config)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [*command, "--site-dir", str(site)], capture_output=True, text=True, check=False, cwd=ROOT, env=environment
    )
    return done.returncode, done.stdout + done.stderr


def test_site(tmp_path: Path) -> None:
    """`mkdocs build --strict` says nothing but that it is done, and what it built is whole."""
    code, said = build(ROOT / "mkdocs.yml", tmp_path / "site")
    assert code == 0, said
    assert "WARNING" not in said
    pages = {p.relative_to(tmp_path / "site").as_posix(): p for p in (tmp_path / "site").rglob("*.html")}
    sources = [p.relative_to(ROOT / "docs").with_suffix(".html").as_posix() for p in (ROOT / "docs").rglob("*.md")]
    assert pages.keys() == {*sources, "notebook.html", "benchmarks.html", "changes.html", "404.html"}
    for name, page in pages.items():
        nothing_is_fetched(name, page)
        can_be_heard(name, page)
    assert not [*(tmp_path / "site").rglob("*.py*")]
    formulas_are_set(pages)
    search_finds(tmp_path / "site", set(pages) - {"404.html"})


def nothing_is_fetched(name: str, page: Path) -> None:
    """What a page loads is a file of the site."""
    text = page.read_text(encoding="utf-8")
    loaded = [
        html.unescape(url).partition("#")[0].partition("?")[0] for url in _LOADS.findall(_CANONICAL.sub("", text))
    ]
    assert loaded
    base = page.parents[len(Path(name).parts) - 1]
    there = [(base / url[1:] if url.startswith("/") else page.parent / url) for url in loaded]
    assert [str(p) for p in there if not p.is_file()] == []
    assert not re.search(r"@import|url\(['\"]?(?:https?:)?//", text)


def can_be_heard(name: str, page: Path) -> None:
    """No head of a table is without words, every picture has some, and so has the search."""
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"<th( [^>]*)?></th>|<img(?![^>]*\balt=)", text), name
    assert name == "404.html" or 'role="dialog" aria-label=' in text, name


def formulas_are_set(pages: dict[str, Path]) -> None:
    """Formulas are MathML, no LaTeX is left on a page; each loss has its formulas, its pictures and its code."""
    for name, page in pages.items():
        text = page.read_text(encoding="utf-8")
        assert "arithmatex" not in text, name
        assert not re.search(r"\$\$|\\\(|\\[a-z]{2}|\$[^$\n]+\$", _NOT_PROSE.sub("", text)), name
    for name in catalog.names():
        text = pages[f"losses/{name}.html"].read_text(encoding="utf-8")
        assert text.count("<math") > 10
        assert text.count("<img") == 3
        assert "grad" in text


def search_finds(site: Path, pages: set[str]) -> None:
    """The search knows every page, has no LaTeX in it, and is there as a script for pages that are opened as files."""
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert {entry["location"].partition("#")[0] for entry in index["docs"]} == pages
    assert not [e["location"] for e in index["docs"] if r"\frac" in e["text"]]
    assert (site / "search" / "search_index.js").is_file()
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//|@import", style.read_text(encoding="utf-8")), style.name


FAULTS = {
    "[away](away.md)": "'away.md'",
    "![picture](pictures/gone.svg)": "'pictures/gone.svg'",
    "[part](#no-such-part)": "'#no-such-part'",
}


def test_faults_fail_the_build(tmp_path: Path) -> None:
    """A link to nowhere, a picture or a part that is missing, a page that no menu leads to: each is told."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Start\n\n" + "\n\n".join(FAULTS), encoding="utf-8")
    (tmp_path / "docs" / "alone.md").write_text("# Alone\n", encoding="utf-8")
    code, said = build(config(tmp_path), tmp_path / "site")
    assert code == 1
    assert f"Aborted with {len(FAULTS) + 1} warnings" in said
    assert [fault for fault in [*FAULTS.values(), "alone.md"] if fault not in said] == []


def test_latex_that_is_not_known_fails_the_build(tmp_path: Path) -> None:
    """A command that would stand on the page as it is written ends the build, with the page and the command."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Start\n\nA $\\nosuch{x}$ formula.\n", encoding="utf-8")
    code, said = build(config(tmp_path), tmp_path / "site")
    assert code == 1
    assert r"index.md: \nosuch in \nosuch{x}" in said


def config(folder: Path) -> Path:
    """The configuration of the site for other pages."""
    hooks = json.dumps([str(ROOT / "docs" / "make" / "hooks.py")])
    file = folder / "mkdocs.yml"
    inherited = json.dumps(str(ROOT / "mkdocs.yml"))
    file.write_text(f"INHERIT: {inherited}\nhooks: {hooks}\ndocs_dir: docs\nnav: [index.md]\n", encoding="utf-8")
    return file


@cache
def drawn() -> dict[str, list[str]]:
    """What the record of the pictures says."""
    return dict(generator().pictures.recorded())


def test_every_picture_has_its_record() -> None:
    """There is a picture for each that `derive plot` knows, and no other file beside them."""
    pictures = generator().pictures
    assert list(drawn()) == pictures.names()
    wanted = {file for name in pictures.names() for file in pictures.files(name, pictures.drawing(name))}
    assert {*pictures.FOLDER.rglob("*.svg")} == wanted


@pytest.mark.parametrize("name", few(generator().pictures.names()))
def test_pictures_are_up_to_date(name: str) -> None:
    """A picture shows the curves and words that `derive plot` draws today, and its file is the one that was written."""
    pictures = generator().pictures
    assert drawn()[name] == pictures.entry(name, pictures.drawing(name)), "run `python docs/generate.py`"
