"""The pytest plugin: claims files, and functions decorated with `derive.claim`, are collected as test items.

An item fails with the verdict, a witness, the reason, and the right formula; what is undecided never passes. It is
decided in a worker process. Until a file with claims is met, nothing but this file is imported.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from derive.suite.item import Item, Outcome
    from derive.suite.policy import Policy
    from derive.suite.runner import Workers

_IMPORTS = re.compile(rb"\b(?:from\s+derive|import\b[^\n]*\bderive)\b")
_MOST_LOOKS = 2000
_WARNED = "derive warning"
_TITLE = "derive: proved, with findings"


class ClaimFailed(Exception):
    """A claim that fails the build: the message is for people."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("derive", "claims about derivatives")
    group.addoption("--no-derive", action="store_true", help="collect no claims")
    group.addoption(
        "--derive-policy",
        action="append",
        default=[],
        metavar="NAME=LEVEL",
        help="what unknown, numeric-only and findings mean: fail, warn or ignore, as in unknown=warn; or strict",
    )
    group.addoption("--derive-no-cache", action="store_true", help="prove every claim anew")
    group.addoption("--derive-timeout", type=float, metavar="SECONDS", help="what one claim may take")


def pytest_configure(config: pytest.Config) -> None:
    """The marker, and the options, read early: a wrong one is an error before anything is run."""
    config.addinivalue_line("markers", "derive: a claim about derivatives, collected by derive")
    if config.getoption("derive_timeout") is not None and not 0.1 <= config.getoption("derive_timeout") <= 3600:
        raise pytest.UsageError("--derive-timeout: from 0.1 to 3600 seconds")
    if config.getoption("derive_policy"):
        _policy(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the worker process, if there is one."""
    workers = config.stash.get(_WORKERS, None)
    if workers is not None:
        workers.close()


_WORKERS: pytest.StashKey[Workers] = pytest.StashKey()


def _policy(config: pytest.Config) -> Policy:
    from derive.errors import DeriveError
    from derive.suite.policy import Policy

    try:
        return Policy.of(config.getoption("derive_policy"))
    except DeriveError as error:
        raise pytest.UsageError(f"--derive-policy: {error}") from None


def _workers(config: pytest.Config) -> Workers:
    from derive.suite.cache import default_folder
    from derive.suite.runner import Limits, Workers

    if _WORKERS not in config.stash:
        cache = None if config.getoption("derive_no_cache") else default_folder()
        config.stash[_WORKERS] = Workers(Limits(timeout=config.getoption("derive_timeout")), cache)
    return config.stash[_WORKERS]


# -- collection


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A claims file, or a Python file in which functions are decorated."""
    if not _may_hold_claims(file_path) or parent.config.getoption("no_derive"):
        return None
    return ClaimsFile.from_parent(parent, path=file_path)


def _may_hold_claims(path: Path) -> bool:
    """A quick look at the bytes, as this is asked of every file of every project."""
    name = os.fspath(path)
    if name.endswith(".py"):
        text = _bytes(name)
        return b"derive" in text and b"claim" in text and _IMPORTS.search(text) is not None
    if not name.endswith(".toml"):
        return False
    return path.name == "derive.toml" or (path.name == "pyproject.toml" and b"tool.derive" in _bytes(name))


def _bytes(name: str) -> bytes:
    try:
        with open(name, "rb", buffering=0) as file:
            return file.read()
    except OSError:
        return b""


class ClaimsFile(pytest.File):
    """A file with claims."""

    def collect(self) -> Iterable[ClaimItem]:
        """An item for each claim; a file that cannot be read is an error of the collection."""
        from derive.errors import DeriveError
        from derive.suite.targets import items_in_file

        try:
            items = items_in_file(self.path)
        except DeriveError as error:
            raise self.CollectError(str(error)) from None
        for item in items:
            yield ClaimItem.from_parent(self, name=item.name.partition("::")[2] or item.name, claim=item)


# -- one claim


class ClaimItem(pytest.Item):
    """A claim as a test."""

    def __init__(self, *, claim: Item, **said: Any) -> None:
        super().__init__(**said)
        self.claim = claim
        self.add_marker(pytest.mark.derive)

    def runtest(self) -> None:
        """Decide the claim in a worker process."""
        policy = _policy(self.config)
        outcome = _workers(self.config).check(self.claim)
        self.user_properties += [("derive_status", outcome.status), ("derive_summary", outcome.summary)]
        said = policy.level(outcome)
        if said == "fail":
            raise ClaimFailed(_told(outcome, policy))
        if outcome.status == "unknown":
            pytest.xfail(f"not decided: {outcome.summary}")
        if said == "warn":
            self.user_properties.append((_WARNED, _told(outcome, policy)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The message of a claim, without a traceback."""
        if isinstance(excinfo.value, ClaimFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the claim stands; pytest counts lines from 0."""
        return self.path, self.claim.line - 1 if self.claim.line else None, self.name


def _told(outcome: Outcome, policy: Policy) -> str:
    """The answer in a line, and each remark with its place."""
    from derive.render._places import SIDES
    from derive.render._remarks import for_people, in_text, level

    lines = [f"{outcome.status}: {outcome.summary}".split("\n", maxsplit=1)[0]]
    for remark in for_people(outcome):
        if level(remark, outcome, policy) != "note":
            file, line = outcome.place(SIDES.get(remark.side))
            at = f"{file}:{line}: " if file else ""
            _, *says = in_text(remark, "").split("\n")
            lines += ["", f"{at}{remark.title} [{remark.rule}]", *(f"  {s}" for s in says)]
    printed = ["", "The code printed:", outcome.printed.rstrip()] if outcome.printed else []
    return "\n".join([*lines, *printed])


# -- what is told at the end


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The findings that are only warnings."""
    found = list(_warnings(terminalreporter.getreports("passed")))
    if found:
        terminalreporter.section(_TITLE, yellow=True)
        for name, says in found:
            terminalreporter.write_line(f"{name}\n{says}\n")


def _warnings(reports: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for report in reports:
        yield from ((report.nodeid, str(says)) for key, says in report.user_properties if key == _WARNED)


def pytest_report_header(config: pytest.Config) -> str | None:
    """A file with claims that nobody looks at is worse than none."""
    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS or config.getoption("no_derive"):
        return None
    name = next(_forgotten(config.rootpath, [(config.rootpath / a).resolve() for a in config.args]), None)
    return name and f"derive: {name} is not among the testpaths, so its claims are NOT checked: add it to them"


def _forgotten(root: Path, looked: Iterable[Path]) -> Iterator[str]:
    """The files of the project that may hold claims and that the testpaths leave out; of a large one, the first."""
    from derive.suite.folders import files

    for path in islice(files(root), _MOST_LOOKS):
        if not any(path.resolve().is_relative_to(p) for p in looked) and _may_hold_claims(path):
            yield path.relative_to(root).as_posix()
