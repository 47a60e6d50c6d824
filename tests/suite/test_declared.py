"""Claims files: what they say becomes items with lines; every mistake is said with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.errors import DeriveError
from derive.suite.declared import items_in

WHOLE = """
[defaults]
domain = { y = "[0, 1]" }
dtypes = ["float64"]
library = "xgboost"
timeout = 5

[policy]
unknown = "warn"

[[claim]]
name = "log loss"
loss = "log(1 + exp(z)) - y*z"
wrt = "z"
gradient = "sigmoid(z) - y"
domain.w = "positive"
hessian = 0.25

[[claim]]
name = "focal"
objective = "sub/objectives.py::focal"
loss = "(z - y)**2"
timeout = 9

[[claim]]
name = "softmax"
loss = "log(exp(z1) + exp(z2)) - z1"
wrt = "z1, z2"
gradient = ["exp(z1)/(exp(z1) + exp(z2)) - 1",
            "exp(z2)/(exp(z1) + exp(z2))"]
hessian = [[1, "z1"], ["z2", 4]]
"""


def written(folder: Path, text: str, name: str = "derive.toml") -> Path:
    """A file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def wrong(folder: Path, text: str, name: str = "derive.toml") -> str:
    """The message for a file with mistakes."""
    with pytest.raises(DeriveError) as caught:
        items_in(written(folder, text, name), name)
    return str(caught.value)


def test_claims_have_keywords_lines_and_defaults(tmp_path: Path) -> None:
    """Defaults are merged into each claim; decimals stay as they were written; code is found beside the file."""
    first, second, third = items_in(written(tmp_path, WHOLE), "derive.toml")
    assert (first.name, first.kind, first.line, first.timeout) == ("derive.toml::log loss", "formulas", 11, 5.0)
    assert first.keywords["domain"] == {"y": "[0, 1]", "w": "positive"}
    assert first.keywords["hessian"] == "0.25"
    assert "library" not in first.keywords
    assert (first.lines["gradient"], first.policy) == (15, {"unknown": "warn"})
    assert second.objective == f"{tmp_path / 'sub/objectives.py'}::focal"
    assert (second.kind, second.keywords["library"], second.timeout) == ("objective", "xgboost", 9.0)
    assert (third.keywords["wrt"], third.keywords["hessian"]) == (["z1", "z2"], [[1, "z1"], ["z2", 4]])


def test_pyproject(tmp_path: Path) -> None:
    """`[tool.derive]` holds the same tables; a project without it has no claims, and that is no mistake."""
    text = '[project]\nname = "x"\n[[tool.derive.claim]]\nname = "a"\nloss = "z"\ngradient = "1"\nfoo = 1\n'
    assert "pyproject.toml, line 7: 'foo' is not known" in wrong(tmp_path, text, "pyproject.toml")
    (item,) = items_in(written(tmp_path, text.replace("foo = 1", ""), "pyproject.toml"), "pyproject.toml")
    assert (item.line, item.lines["gradient"]) == (3, 6)
    assert items_in(written(tmp_path, '[project]\nname = "x"\n', "pyproject.toml"), "pyproject.toml") == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[claim]]\nname = "a"\ngradeint = "z"', "line 3: 'gradeint' is not known; did you mean 'gradient'?"),
        ('[[claims]]\nname = "a"', "line 1: 'claims' is not known; did you mean 'claim'?"),
        ('[claim]\nname = "a"', "line 1: claims are written as [[claim]] tables"),
        ('[[claim]]\nloss = "z"', "line 1: the claim has no name"),
        ('[[claim]]\nname = "a"\n[[claim]]\nname = "a"', "line 4: the name 'a' is taken by the claim in line 1"),
        ('[[claim]]\nname = "a::b"', "line 2: the name 'a::b' may not hold"),
        ('[[claim]]\nname = ""', "line 2: name is '', but a text is needed"),
        ('[[claim]]\nname = "a"\nwhere = "p"', "line 3: where is 'p', but a table such as"),
        ('[[claim]]\nname = "a"\ndomain = { y = true }', "line 3: domain is {'y': True}"),
        ('[[claim]]\nname = "a"\nstrict_floating_point = 1', "line 3: strict_floating_point is 1, but true or false"),
        ('[[claim]]\nname = "a"\nclasses = 0\nobjective = "m:f"', "line 3: classes is 0, but a whole number"),
        ('[[claim]]\nname = "a"\ntimeout = 0', "line 3: timeout is 0, but a number of seconds"),
        ('[[claim]]\nname = "a"\ngradient = []', "line 3: gradient is [], but a text is needed"),
        (
            '[[claim]]\nname = "a"\nobjective = "m:f"\ngradient = "z"',
            "line 4: gradient makes no sense with an objective",
        ),
        ('[[claim]]\nname = "a"\nlibrary = "xgboost"', "line 3: library makes no sense without an objective"),
        ('[defaults]\ngradient = "z"', "line 2: 'gradient' is not known here: write it in a [[claim]]"),
        ("defaults = 3", "line 1: defaults is 3, but a table is needed"),
        ('[policy]\nunkown = "warn"', "line 2: policy: 'unkown' is not known; did you mean 'unknown'?"),
        ('[policy]\nunknown = "maybe"', "line 2: policy: unknown is 'maybe'; write one of fail, warn, ignore"),
        ('[[claim]]\nname = "a"\nname = "b"\nwrt = "z"', "Cannot overwrite a value"),
        ("[[claim]\n", "line 1, column"),
    ],
)
def test_mistakes_have_their_line(tmp_path: Path, text: str, says: str) -> None:
    """What is not understood is an error with file, line, and the way out."""
    told = wrong(tmp_path, text)
    assert told.startswith("derive.toml")
    assert says in told


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    """Whoever corrects a file need not run it once for each mistake."""
    told = wrong(tmp_path, '[[claim]]\nname = "a"\nlos = "z"\nwhere = 3\n[[claim]]\nloss = 1')
    assert [line.split(":")[0] for line in told.splitlines()] == [f"derive.toml, line {n}" for n in (3, 4, 5)]


@pytest.mark.parametrize("text", ["", "\x00", "é".encode("latin-1").decode("latin-1")])
def test_files_that_hold_no_toml(tmp_path: Path, text: str) -> None:
    """An empty or broken file is an error, never a file without claims."""
    assert "derive.toml" in wrong(tmp_path, text)
