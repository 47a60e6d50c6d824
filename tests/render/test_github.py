"""GitHub: one command a line, escaped as the runner reads it, and a summary that never looks greener than it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from derive.render import github
from derive.suite.item import Item, Outcome
from derive.suite.policy import Policy


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: Any) -> Path:
    """A repository with the claims file, as working folder."""
    ci.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands as the runner reads them: name, properties, message."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(\w+) ((?:[\w]+=[^:,]*,?)*)::(.*)", line)
        assert match, line
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        found.append((match[1], {k: _decoded(v) for k, v in properties.items()}, _decoded(match[3])))
    return found


def _decoded(text: str) -> str:
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_a_wrong_gradient(ci: Any) -> None:
    """An error on the formula, with the reason, the witness and what is right."""
    (gradient, hessian) = read(github.commands([ci.outcome("sign")], Policy()))
    name, where, message = gradient
    assert (name, where["file"], where["line"], where["title"]) == ("error", ci.FILE, "4", "The sign is wrong (sign)")
    row = ci.TOML.split("\n")[3]
    assert row[int(where["col"]) - 1 : int(where["endColumn"])] == "y - sigmoid(z)"
    assert message.split("\n")[-1] == "Right for d/dz: sigmoid(z) - y (NumPy: special.expit(z) - y)"
    assert (hessian[1]["line"], hessian[1]["title"]) == ("5", "Scaled, not exact (scaled-not-exact)")
    assert 'If that is meant, say so: hessian_kind = "scaled".' in hessian[2]


def test_levels(ci: Any) -> None:
    """A finding is a warning, what is not decided an error, or what the policy says; slight ones are left out."""
    outcomes = [ci.outcome("naive"), ci.late(), ci.outcome("right")]
    assert [c[0] for c in read(github.commands(outcomes, Policy()))] == ["warning", "warning", "error"]
    lenient = Policy.of(["unknown=ignore", "findings=fail"])
    assert [c[0] for c in read(github.commands(outcomes, lenient))] == ["error", "error", "notice"]


def test_what_somebody_wrote_cannot_make_a_command(ci: Any) -> None:
    """Line ends, percent signs, commas and colons are escaped; a reason stays one message in one command."""
    odd = Item("a,b:c%/x.py::f", "objective", file="a,b:c%/x.py", line=2)
    (bad, other) = read(github.commands([ci.bad(), Outcome(odd, "unknown", reason="no time left")], Policy()))
    assert bad[2].endswith("cannot read [y](z), 100 % of it:\r\n::error::no")
    assert other[1]["file"] == "a,b:c%/x.py"


def test_the_summary(ci: Any) -> None:
    """Counts, a row for each claim with what it means for the build, and the reports of what is not in order."""
    outcomes = [ci.outcome("sign"), ci.outcome("right"), ci.outcome("naive"), ci.late(), ci.bad(), ci.probed()]
    text = github.summary(outcomes, Policy())
    assert "**2 proved, 1 refuted, 2 not decided, 1 cannot be read**" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert [row.split("|")[2].strip() for row in rows] == [
        *["❌ refuted", "✅ proved", "✅ proved", "❔ unknown", "❌ error", "❔ unknown (numbers agree)"]
    ]
    assert [row.split("|")[3].strip() for row in rows] == ["fails it", "", "a warning", *["fails it"] * 3]
    assert text.count("<details>") == 3
    assert "at y = -1/2, z = 1/3: right 1.0825702, claimed -1.0825702" in text


def test_nothing_is_no_success() -> None:
    """Without a claim the summary says that nothing is proved."""
    assert "nothing is proved" in github.summary([], Policy())


def test_a_long_summary_is_cut_and_says_so(ci: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub refuses a page of more than a MiB: the table stays, and the reports that have no room are counted."""
    assert github._LARGEST < 2**20
    monkeypatch.setattr(github, "_LARGEST", 20_000)
    text = github.summary([ci.outcome("sign")] * 40, Policy())
    assert len(text.encode()) < 21_000
    left = re.search(r"The reports of (\d+) more claims are too long for this page", text)
    assert left
    assert text.count("<details>") + int(left[1]) == 40
