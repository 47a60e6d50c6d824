"""The catalog finds the losses, says which one was meant, and names the file that is broken."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from derive import catalog
from derive.errors import EXIT_BAD_INPUT, CatalogError

GOOD = '"""A title\n\nmore"""\nfrom dataclasses import replace\nfrom derive.losses import linear\n'
GOOD += 'LOSS = replace(linear.LOSS, name="{name}", title="A title")\n'
Make = Callable[[dict[str, str]], str]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a package of loss files; its name is given back."""

    def make(files: dict[str, str]) -> str:
        folder = tmp_path / f"shelf_{tmp_path.name}"
        folder.mkdir()
        for name, text in {"__init__.py": "", **files}.items():
            (folder / name).write_text(text, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return folder.name

    return make


def test_names_are_sorted_and_complete() -> None:
    """The six losses that the package promises, and titles for them."""
    promised = {"linear", "linear-l2", "linear-weighted", "logistic", "logistic-l2", "logistic-weighted"}
    assert promised <= set(catalog.names())
    assert list(catalog.names()) == sorted(catalog.names())
    assert [e.name for e in catalog.entries()] == list(catalog.names())
    assert all(e.title for e in catalog.entries())


def test_names_and_titles_cost_no_sympy() -> None:
    """A list of the catalog runs no loss file."""
    code = "import sys; from derive import catalog; catalog.names(); catalog.entries(); print('sympy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_new_file_is_a_new_loss(shelf: Make) -> None:
    """One more file, and nothing else, adds a loss; files with an underscore first are none."""
    package = shelf({"my_loss.py": GOOD.format(name="my-loss"), "_help.py": "raise ValueError"})
    assert catalog.names(package) == ("my-loss",)
    assert catalog.entries(package)[0].title == "A title"
    assert catalog.load("my-loss", package).name == "my-loss"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("logistc", "logistic"), ("Linear", "linear"), ("logistic_l2", "logistic-l2"), ("linear-l1", "linear-l2")],
)
def test_a_misspelt_name_gets_a_suggestion(typed: str, meant: str) -> None:
    """The error shows what was typed and what was probably meant."""
    with pytest.raises(CatalogError, match=f"no loss '{typed}'; did you mean '{meant}'") as caught:
        catalog.load(typed)
    assert caught.value.exit_code == EXIT_BAD_INPUT


@pytest.mark.parametrize("typed", ["", "perceptron", "../../etc", "__init__", "\0"])
def test_an_unknown_name_gets_the_list(typed: str) -> None:
    """What resembles nothing gets the way to the names, and is never taken for a path."""
    with pytest.raises(CatalogError, match=r"derive list.* shows the "):
        catalog.load(typed)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('"""T"""\nLOSS = 1', "LOSS is int, not a Loss"),
        ('"""T"""\n', "AttributeError"),
        ('"""T"""\nimport no_such_module', "No module named 'no_such_module'"),
        ('"""T"""\n1/0', "ZeroDivisionError"),
        ('"""T"""\nLOSS = (', "SyntaxError"),
        (GOOD.format(name="other"), "holds the loss 'other'; rename"),
    ],
)
def test_a_broken_file_is_named(shelf: Make, text: str, reason: str) -> None:
    """Whatever is wrong with a loss file, the error gives the file and the reason."""
    with pytest.raises(CatalogError, match=reason) as caught:
        catalog.load("bad", shelf({"bad.py": text}))
    assert "bad.py" in str(caught.value)


def test_a_name_that_is_there_twice_is_an_error(shelf: Make) -> None:
    """a_b.py and a-b.py would be the same loss."""
    package = shelf({"a_b.py": GOOD.format(name="a-b"), "a-b.py": GOOD.format(name="a-b")})
    with pytest.raises(CatalogError, match=r"'a-b' is there twice: a-b\.py and a_b\.py"):
        catalog.names(package)


def test_an_empty_or_missing_shelf_is_an_error(shelf: Make) -> None:
    """No losses at all means a broken installation, not an empty list."""
    with pytest.raises(CatalogError, match="no loss at all"):
        catalog.names(shelf({}))
    with pytest.raises(CatalogError, match="is missing"):
        catalog.names("derive.no_such_shelf")


@pytest.mark.parametrize(("text", "reason"), [("LOSS = 1", "no docstring"), ("(", "cannot read the loss file bad.py")])
def test_a_file_without_a_title_is_an_error(shelf: Make, text: str, reason: str) -> None:
    """The first line of the docstring is the title; without it the list says which file lacks it."""
    with pytest.raises(CatalogError, match=reason):
        catalog.entries(shelf({"bad.py": text}))
