"""Claims as a claims file has them, with what came out: the cases of the outputs for builds."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from derive.check import check
from derive.report import Report, Source
from derive.suite.item import Item, Outcome

FILE = "claims/derive.toml"
TOML = """
[[claim]]
name = "sign"
loss = "softplus(z) - y*z"
gradient = "y - sigmoid(z)"
hessian = "2*sigmoid(z)*(1 - sigmoid(z))"
wrt = "z"

[[claim]]
name = "two"
loss = "sin(x)*y"
gradient = [
  "cos(x)",
  'sin(x)*y',
]
wrt = ["x", "y"]

[[claim]]
name = "naive"
loss = "log(1 + exp(z))"
gradient = "exp(z)/(1 + exp(z))"
wrt = "z"

[[claim]]
name = "catboost"
loss = "(z - y)**2/2"
gradient = "y - z"
hessian = "-1"
wrt = "z"

[[claim]]
name = "right"
loss = "z**2"
gradient = "2*z"
wrt = "z"

[[claim]]
name = "curl"
gradient = ["y", "2*x"]
wrt = ["x", "y"]

[[claim]]
name = "kink"
loss = "abs(z)"
gradient = "where(z == 0, 2, sign(z))"
wrt = "z"
""".lstrip()


def write(folder: Path, text: str = TOML) -> None:
    """The claims file in a folder that is the root of a repository."""
    (folder / ".git").mkdir(exist_ok=True)
    (folder / FILE).parent.mkdir(exist_ok=True)
    (folder / FILE).write_text(text, encoding="utf-8")


def lines_of(text: str, name: str) -> dict[str, int]:
    """The lines of the keys of a claim."""
    rows = text.split("\n")
    first = rows.index(f'name = "{name}"')
    last = next((i for i in range(first, len(rows)) if rows[i] == "[[claim]]"), len(rows))
    return {rows[i].split(" =")[0]: i + 1 for i in range(first, last) if " =" in rows[i]}


@cache
def report_of(name: str) -> Report:
    """What `derive.check` says of a claim."""
    claims = {c.pop("name"): c for c in tomllib.loads(TOML)["claim"]}
    return check(**claims[name])


def outcome(name: str, text: str = TOML) -> Outcome:
    """The outcome of a claim of the file."""
    claims = {c.pop("name"): c for c in tomllib.loads(text)["claim"]}
    lines = lines_of(text, name)
    item = Item(f"{FILE}::{name}", "formulas", claims[name], FILE, lines["name"] - 1, lines)
    return Outcome(item, report_of(name).status, report_of(name))


def late() -> Outcome:
    """An objective that hangs."""
    item = Item("objectives.py::late", "objective", file="objectives.py", line=3)
    return Outcome(item, "unknown", reason="not decided within 20 seconds")


def bad() -> Outcome:
    """A claim that cannot be read, with everything in its reason that has to be escaped."""
    item = Item("objectives.py::bad", "objective", file="objectives.py", line=9)
    return Outcome(item, "error", reason="cannot read [y](z), 100 % of it:\r\n::error::no")


def probed() -> Outcome:
    """Code that could not be read, and whose numbers agree."""
    from derive.certificate import Unknown
    from derive.report import ClaimVerdict, Component
    from derive.terms.text import parse_formula

    item = Item("objectives.py::rows", "objective", file="objectives.py", line=20)
    entry = Component("d/dz", ("z",), parse_formula("0"), Unknown("numeric agreement at 600 points"), "unknown")
    claim = ClaimVerdict("gradient", "loss", (entry,), "unknown")
    source = Source("objectives.py", 20, "rows", "numpy", "probed", "a loop over rows, line 23", 23)
    return Outcome(item, "unknown", Report(None, ("z",), {}, claim, None, source=source))


@pytest.fixture
def ci() -> SimpleNamespace:
    """The cases."""
    return SimpleNamespace(
        FILE=FILE, TOML=TOML, write=write, report_of=report_of, outcome=outcome, late=late, bad=bad, probed=probed
    )
