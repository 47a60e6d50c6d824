"""Targets: what a person names becomes items, nothing of the user is run, and what is not there is said with a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.errors import DeriveError
from derive.suite import decorated, folders
from derive.suite.item import Item
from derive.suite.targets import items_in_file, items_of

EXPLODES = "raise SystemExit('it was run')\n"
CLAIMS = (
    '[[claim]]\nname = "one"\nloss = "z**2"\ngradient = "2*z"\n[[claim]]\nname = "two"\nloss = "z"\ngradient = "1"\n'
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with claims in many places, and traps in places that hold none."""
    for name, text in {
        "objectives.py": f"import derive as d\n{EXPLODES}@d.claim(loss='z')\ndef focal(): ...\n\ndef plain(): ...\n",
        "derive.toml": CLAIMS,
        "pyproject.toml": '[[tool.derive.claim]]\nname = "three"\nloss = "z"\ngradient = "1"\n',
        "pkg/__init__.py": "",
        "pkg/losses.py": f"from derive import claim as c\n{EXPLODES}@c(loss='z')\nclass Huber:\n    f = len\n",
        "pkg/other.py": "import os\n",
        **{f"{trap}/bad.py": "from derive import claim\n@claim(\n" for trap in (".git", "venv", "build", "x.egg-info")},
        "empty/build/bad.py": "from derive import claim\n@claim(\n",
        "own/pyvenv.cfg": "",
        "own/lib/bad.py": "from derive import claim\n@claim(\n",
        ".hidden.py": "from derive import claim\n@claim(\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*targets: str) -> list[str]:
    """The names of what they name."""
    return [item.name for item in items_of(targets)]


def test_a_folder_is_searched(project: Path) -> None:
    """Claims files and decorated functions are found; hidden and build folders and environments are passed over."""
    expected = ["derive.toml::one", "derive.toml::two", "pyproject.toml::three", "objectives.py::focal"]
    assert names(".") == [*expected, "pkg/losses.py::Huber"]
    assert [p.name for p in folders.files(project / "pkg")] == ["__init__.py", "losses.py", "other.py"]


def test_any_mixture_each_once(project: Path) -> None:
    """Targets of all kinds go together, in their order, and a claim that is named twice is checked once."""
    found = names("pkg/losses.py::Huber", "derive.toml::two", "pkg.losses:Huber", ".", "objectives.py")
    assert found[:3] == ["pkg/losses.py::Huber", "derive.toml::two", "pkg.losses:Huber"]
    assert len(found) == len(set(found)) == 6


def test_places(project: Path) -> None:
    """An item knows its file, the line of its `def`, and how to get at its code."""
    (item,) = items_of(["objectives.py"])
    assert item == Item(
        "objectives.py::focal", "objective", {}, "objectives.py", 4, objective=f"{project / 'objectives.py'}::focal"
    )
    (item,) = items_of(["pkg.losses:Huber"], {"loss": "z"})
    assert (item.file, item.line, item.objective, item.keywords) == (
        "pkg/losses.py",
        4,
        "pkg.losses:Huber",
        {"loss": "z"},
    )


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        (["objectives.py::focl"], "objectives.py has no 'focl'; did you mean 'focal'?"),
        (["derive.toml::on"], "derive.toml has no claim 'on'; did you mean 'one'?"),
        (["objectivs.py"], "there is no file objectivs.py; did you mean 'objectives.py'?"),
        (["objectivs.py::f"], "there is no file objectivs.py; did you mean 'objectives.py'?"),
        (["pk"], "there is no pk; did you mean 'pkg'?"),
        (["pkg/other.py"], "pkg/other.py: there is no claim in it; decorate a function with @derive.claim"),
        (["empty"], "empty: there is no claim in it"),
        (["own/lib/bad.py"], "line 2: '(' was never closed"),
        (["pkg::x"], "pkg is a folder; name a file: pkg/objectives.py::x"),
        (["pkg.losses:Hubr"], "pkg.losses has no 'Hubr'; did you mean 'Huber'?"),
        (["own/pyvenv.cfg"], "is neither a Python file (.py) nor a claims file (.toml)"),
        (["nowhere/x.py"], "there is no file nowhere/x.py: there is no folder nowhere"),
    ],
)
def test_what_is_not_there(project: Path, targets: list[str], says: str) -> None:
    """A target without a claim is an error that shows the way out, never a success."""
    with pytest.raises(DeriveError) as caught:
        items_of(targets)
    assert says in str(caught.value)


def test_options_describe_one_objective(project: Path) -> None:
    """A loss in options belongs to a function that is named; a file of claims has its own."""
    (item,) = items_of(["objectives.py::plain"], {"loss": "z"})
    assert item.keywords == {"loss": "z"}
    for target in (".", "derive.toml", "derive.toml::one", "objectives.py"):
        with pytest.raises(DeriveError, match=r"--loss goes with file\.py::function"):
            items_of([target], {"loss": "z"})


@pytest.mark.parametrize(
    ("text", "claims", "others"),
    [
        ("import derive\n@derive.claim()\ndef f(): ...", {"f": 3}, False),
        ("import derive.objective\n@derive.objective.claim()\ndef f(): ...", {"f": 3}, False),
        ("import derive.objective as o\n@o.claim()\nasync def f(): ...", {"f": 3}, False),
        ("from derive import claim as c\nclass A:\n    @c()\n    def f(self): ...", {"A.f": 4}, False),
        ("from derive import *\n@claim()\ndef f(): ...", {"f": 3}, False),
        ("from derive.objective import claim\nif True:\n    @claim()\n    def f(): ...", {"f": 4}, False),
        ("import derive\nf = derive.claim(loss='z')(lambda a, b: a)", {}, True),
        ("import derive\ndef make():\n    @derive.claim()\n    def f(): ...\n    return f\ng = make()", {}, True),
        ("import derive\nfor x in y:\n    h = derive.claim", {}, True),
        ("from other import claim\n@claim()\ndef f(): ...", {}, False),
        ("from .derive import claim\n@claim()\ndef f(): ...", {}, False),
        ("import derive\n@derive.check\ndef f(): ...", {}, False),
    ],
)
def test_decorators_are_seen_under_any_name(tmp_path: Path, text: str, claims: dict[str, int], others: bool) -> None:
    """`derive.claim` is known by whatever name it was imported; what cannot be understood so is noticed."""
    path = tmp_path / "a.py"
    path.write_text(text)
    seen = decorated.look(path)
    assert (seen.claims, seen.others) == (claims, others)


def test_other_uses_are_listed_by_the_module(tmp_path: Path) -> None:
    """Where the decorator is called in other ways, the module is asked, and only then."""
    path = tmp_path / "a.py"
    path.write_text("import derive\n@derive.claim()\ndef f(): ...\nfor n in 'gh':\n    derive.claim()\n")
    found = items_in_file(path, lambda p: {"g": 9, "f": 3, "h": 9})
    assert [i.name.partition("::")[2] for i in found] == ["f", "g", "h"]
    path.write_text("import derive\n@derive.claim()\ndef f(): ...\n")
    assert len(items_in_file(path, lambda p: pytest.fail("the module was run"))) == 1
