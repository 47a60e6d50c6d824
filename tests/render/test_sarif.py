"""SARIF: valid by the public schema, on the line of the wrong formula, the same when lines move, and able to fix."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from derive.check import check
from derive.render import sarif
from derive.render._kinds import FLOATING, KINDS, WRONG
from derive.report import DELIBERATE, Source
from derive.suite.item import Item, Outcome
from derive.suite.policy import Policy, exit_code

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "tests" / "data" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
NAMES = ("sign", "two", "naive", "catboost", "right", "curl", "kink")


def log_of(*outcomes: Outcome, policy: Policy | None = None) -> Any:
    """The log, valid by the schema."""
    policy = policy or Policy()
    log = json.loads(sarif.render(outcomes, policy, exit_code=exit_code(outcomes, policy)))
    jsonschema.Draft202012Validator(SCHEMA).validate(log)
    return log


def results_of(*outcomes: Outcome, policy: Policy | None = None) -> list[Any]:
    """Its results; each names a rule that is there, at the place where it is."""
    (run,) = log_of(*outcomes, policy=policy)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])
    return list(run["results"])


def region_of(result: Any) -> Any:
    """Where a result is."""
    return result["locations"][0]["physicalLocation"]["region"]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: Any) -> Path:
    """A repository with the claims file, as working folder."""
    ci.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_schema_can_fail(ci: Any) -> None:
    """The schema refuses a log with a level that does not exist, and one without a message."""
    for key, value in (("level", "fatal"), ("message", {})):
        log = log_of(ci.late())
        log["runs"][0]["results"][0][key] = value
        assert list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(log))


def test_every_outcome_at_once(ci: Any) -> None:
    """A run with everything that can come out is valid; its rules and its exit code are those documented."""
    outcomes = [*map(ci.outcome, NAMES), ci.late(), ci.bad(), ci.probed()]
    results = results_of(*outcomes)
    wrong = [r["ruleId"] for r in results if not r["ruleId"].startswith("floating")]
    assert wrong == [
        *["sign", "scaled-not-exact", "factor", "convention", "convention"],
        *["not-a-gradient", "only-at-points", "unknown", "bad-claim", "numeric-only"],
    ]
    (invocation,) = log_of(*outcomes)["runs"][0]["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, 1)


def test_nothing_is_said_of_what_is_proved(ci: Any) -> None:
    """A claim that is proved and fit for floating point has no result; the rules are there all the same."""
    (run,) = log_of(ci.outcome("right"))["runs"]
    assert run["results"] == []
    assert [r["id"] for r in run["tool"]["driver"]["rules"]] == list(KINDS)


def test_the_line_of_the_wrong_formula(ci: Any) -> None:
    """Gradient and Hessian have their own lines and columns, as a reader of the file counts them."""
    gradient, hessian, _ = results_of(ci.outcome("sign"))
    lines = ci.TOML.split("\n")
    for result, formula in ((gradient, "y - sigmoid(z)"), (hessian, "2*sigmoid(z)*(1 - sigmoid(z))")):
        region = region_of(result)
        assert lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == formula
    artifact = gradient["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": ci.FILE, "uriBaseId": "%SRCROOT%"}


def test_the_message_has_witness_reason_and_right_formula(ci: Any) -> None:
    """In plain text and in Markdown: why, a point with both values, and what is right."""
    message = results_of(ci.outcome("sign"))[0]["message"]
    for text in message.values():
        assert "it is minus the derivative" in text
        assert "at y = -1/2, z = 1/3 the right value is 1.0825702, the claimed one -1.0825702" in text
        assert "sigmoid(z) - y" in text
    assert "**" not in message["text"]
    assert "`sigmoid(z) - y`" in message["markdown"]


@pytest.mark.parametrize("name", ["sign", "two", "catboost", "naive"])
def test_the_fixes_are_right(ci: Any, name: str) -> None:
    """With its fixes applied to the file, a refuted claim is proved, and a failing formula fails no more."""
    rows = ci.TOML.split("\n")
    fixes = [fix for r in results_of(ci.outcome(name)) for fix in r.get("fixes", [])]
    changes = [c for fix in fixes for c in fix["artifactChanges"][0]["replacements"]]
    once = {tuple(c["deletedRegion"].values()): c["insertedContent"]["text"] for c in changes}
    for (number, start, _, end), new in once.items():
        rows[number - 1] = rows[number - 1][: start - 1] + new + rows[number - 1][end - 1 :]
    claim = next(c for c in tomllib.loads("\n".join(rows))["claim"] if c.pop("name") == name)
    assert fixes
    assert check(**claim, strict_floating_point=True, dtypes=["float64"]).ok


def test_a_wrong_formula_is_not_made_stable(ci: Any) -> None:
    """What is refuted has one fix, the right formula, and not a stable form of the wrong one."""
    floating = [r for r in results_of(ci.outcome("sign")) if r["ruleId"].startswith("floating")]
    assert floating
    assert all("fixes" not in r for r in floating)


def test_a_line_that_moves_keeps_its_fingerprint(ci: Any) -> None:
    """Lines and columns may change; what identifies a result does not, and no two results are taken for one."""
    before = results_of(*map(ci.outcome, NAMES))
    moved = "# a comment\n\n" + ci.TOML.replace('gradient = "', '  gradient  =  "')
    assert (ROOT / "derive").is_dir()
    Path(ci.FILE).write_text(moved, encoding="utf-8")
    after = results_of(*(ci.outcome(n, moved.replace("  gradient  =", "gradient =")) for n in NAMES))
    prints = [[r["partialFingerprints"]["deriveClaim/v1"] for r in found] for found in (before, after)]
    assert prints[0] == prints[1]
    assert len(set(prints[0])) == len(prints[0])
    assert [region_of(r)["startLine"] + 2 for r in before] == [region_of(r)["startLine"] for r in after]


@pytest.mark.parametrize(
    ("said", "levels"),
    [
        ([], {"unknown": "error", "numeric-only": "error", "floating-point-overflow": "warning"}),
        (["unknown=warn", "findings=fail"], {"unknown": "warning", "floating-point-overflow": "error"}),
        (["numeric-only=ignore", "findings=ignore"], {"numeric-only": "note", "floating-point-overflow": "note"}),
    ],
)
def test_the_policy_says_how_much_it_counts(ci: Any, said: list[str], levels: dict[str, str]) -> None:
    """What is wrong is an error; the level of everything else is what the policy says."""
    results = results_of(ci.outcome("naive"), ci.outcome("sign"), ci.late(), ci.probed(), policy=Policy.of(said))
    found = {r["ruleId"]: r["level"] for r in results}
    assert {k: found[k] for k in levels} == levels
    assert found["sign"] == "error"


def test_a_file_of_code(ci: Any) -> None:
    """Of an objective the lines are those of its formulas in the code; nothing in a Python file is replaced."""
    report = ci.report_of("sign")
    source = Source("losses/my objective.py", 3, "focal", "xgboost", "read", "", 7, 9)
    item = Item("losses/my objective.py::focal", "objective", file="losses/my objective.py", line=3)
    gradient, hessian, _ = results_of(Outcome(item, "refuted", _with(report, source)))
    assert (region_of(gradient), region_of(hessian)) == ({"startLine": 7}, {"startLine": 9})
    assert gradient["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "losses/my%20objective.py"
    assert "fixes" not in gradient
    assert "Right for d/dz: sigmoid(z) - y" in gradient["message"]["text"]


def _with(report: Any, source: Source) -> Any:
    from dataclasses import replace

    return replace(report, source=source)


def test_paths_from_a_folder_inside_the_repository(ci: Any, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started in a folder of the repository, the paths are relative to its root all the same."""
    monkeypatch.chdir(repository / "claims")
    item = Item("derive.toml::late", "formulas", file="derive.toml", line=1)
    (result,) = results_of(Outcome(item, "unknown", reason="no time left"))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == ci.FILE


def test_a_claim_in_no_file(ci: Any) -> None:
    """A module that is not there has no place, and a name all the same."""
    (result,) = results_of(Outcome(Item("losses:focal", "objective"), "error", reason="no module named losses"))
    assert list(result["locations"][0]) == ["logicalLocations"]


def test_a_message_has_no_links(ci: Any) -> None:
    """Brackets before parentheses would be a link to nowhere."""
    (result,) = results_of(ci.bad())
    assert all("](" not in text for text in result["message"].values())


def test_every_explanation_has_a_rule() -> None:
    """Whatever an explanation may be called, there is a rule of that name, with a title and a help."""
    texts = [p.read_text(encoding="utf-8") for p in (ROOT / "derive" / "claims" / "diagnose").glob("*.py")]
    named = {k for t in texts for k in re.findall(r'Candidate\(\s*"([a-z-]+)"', t)}
    ranked = {
        k
        for t in texts
        for found in re.findall(r"^_RANK = \((.*)\)$", t, re.MULTILINE)
        for k in re.findall(r'"([a-z-]+)"', found)
    }
    assert len(named) > 8
    assert (named | ranked) - set(WRONG) == set()
    assert {f"{k}-not-exact" for k in DELIBERATE} <= set(KINDS)
    assert all(k.title and k.help.endswith((".", "…")) for k in KINDS.values()), [
        n for n, k in KINDS.items() if not k.help.endswith(".")
    ]
    assert len(FLOATING) == 7


def test_every_rule_is_documented() -> None:
    """docs/ci.md lists the rules, and no others."""
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    table = page[page.index("The rules, whose names") : page.index("## pre-commit")]
    assert set(re.findall(r"`([a-z-]+)`", table)) == set(KINDS)
