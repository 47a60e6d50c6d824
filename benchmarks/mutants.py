"""Change the trusted modules, one place at a time: do the tests notice? `python benchmarks/mutants.py recheck`.

It works on a copy of the sources, in one process. pytest collects the tests of a group and runs them once, which
shows which of them call which function, and how long they take. For each mutant the process forks, exchanges the code
of the function that was changed, empties the caches, and runs the tests that call it until one fails: first those that
have killed mutants of the same function, then of the same module, then the quickest. For what runs when a module is
imported, the fork forgets the module and what imports it, and collects the tests again. What the tests ask of others,
such as the prover, is remembered. A mutant that survives is either a test that is missing, or a change that makes no
difference: docs/mutation.md says which.

    python benchmarks/mutants.py recheck --progress recheck.txt              goes on where it was stopped
    python benchmarks/mutants.py prove --sample 400 --seed 1            a random sample, as is a run that is stopped
    python benchmarks/mutants.py recheck --again recheck.txt --seconds 60    those that survived, once more
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from mutating.forks import found_in_a_fork, in_a_fork
from mutating.loaded import Key, Loaded, forget, functions, remember, replace
from mutating.operators import Mutant, mutants, mutated

ROOT = Path(__file__).parents[1]
_LIBRARIES = ("sympy", "numpy", "flint", "mpmath", "click", "click.testing", "scipy.special", "hypothesis.strategies")
_PLAIN = "-s --tb=short -W ignore::pytest.PytestAssertRewriteWarning -p no:cacheprovider -p no:xdist -p no:faulthandler"


class Group(NamedTuple):
    """Modules, and the tests that guard them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    others: tuple[str, ...] = ()  # functions that no mutant touches
    kept: bool = False  # no test keeps objects of its classes, so the tests need not be collected again


def _parts(start: str, *ends: str) -> tuple[str, ...]:
    return tuple(f"{start}{end}.py" for end in ends)


_PROVER = ("derive.prove.decide:prove_terms", "derive.prove.sign:sign_terms", "tests.shared:certificate_of")
_JUDGE = ("fuzzing.judge:places", "fuzzing.judge:gap_at")
GROUPS = {
    "recheck": Group(
        ("recheck/*.py",),
        (
            *_parts(
                "trusted/test_recheck",
                "_entries",
                "_forged",
                "_laws",
                "_parts",
                "_refused",
                "_seen",
                "_slopes",
                "_sums",
                "",
            ),
            *_parts("wrong/test_", "beside", "double_sums", "names", "neighbourhoods", "scopes", "which_entry"),
        ),
        others=_PROVER + _JUDGE,
        kept=True,
    ),
    "certificate": Group(
        ("replay.py", "certificate.py", "certificate_json.py", "claim.py"),
        (
            "test_certificate_json.py",
            "trusted/test_claim.py",
            "trusted/test_replay.py",
            "trusted/test_replay_forged.py",
        ),
        others=_PROVER,
    ),
    "claim": Group(("claim.py",), ("trusted/test_claim.py",)),
    "domain": Group(("ranges.py", "domain.py"), ("trusted/test_domain.py",)),
    "terms": Group(("terms/*.py",), ("trusted/test_terms.py", "trusted/test_text.py", "trusted/test_domain.py")),
    "prove": Group(
        ("prove/*.py",),
        (
            *("trusted/test_prove.py", "trusted/test_prove_laws.py", "trusted/test_sign.py", "trusted/test_ball.py"),
            *("trusted/test_field.py", "trusted/test_recheck.py", "wrong/test_equalities.py", "wrong/test_signs.py"),
        ),
    ),
}


# -- the tests --------------------------------------------------------------------------------------------------------
class Tests:
    """A plugin of pytest: takes the place of the loop over the tests that were collected."""

    def __init__(self, work: Callable[[Tests], None], without: list[str]) -> None:
        self.work, self.without = work, without
        self.items: list[pytest.Item] = []
        self.failed = self.why = ""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = [i for i in session.items if not any(w in i.name for w in self.without)]
        self.work(self)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed, self.why = report.nodeid, report.longreprtext

    def run(self, n: int, following: int | None) -> None:
        """One test; the fixtures that the next one needs, too, live on."""
        after = None if following is None else self.items[following]
        self.items[n].ihook.pytest_runtest_protocol(item=self.items[n], nextitem=after)

    def first_failure(self, chosen: list[int]) -> str:
        """Run tests until one fails."""
        for n, following in zip_longest(chosen, chosen[1:]):
            self.run(n, following)
            if self.failed:
                return self.failed
        return ""

    def all_pass(self, before: Callable[[int], None]) -> list[float]:
        """The times of all tests, without any change."""
        times = []
        for n in range(len(self.items)):
            before(n)
            start = time.process_time()
            self.run(n, n + 1 if n + 1 < len(self.items) else None)
            times.append(time.process_time() - start)
            if self.failed:
                raise SystemExit(f"without any change, {self.failed} fails:\n{self.why}")
        return times


def called(tests: Tests, files: set[str], loaded: Loaded) -> tuple[dict[Key, list[int]], set[Key]]:
    """Which tests call which function, or one inside of it, and what is called at all; nothing is remembered."""
    own = {code: (file, first) for file in files for first, code in functions(Path(file).read_text(), file)}
    calls: dict[Key, set[int]] = defaultdict(set)
    entered: set[Key] = set()
    now = 0

    def note(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in own:
            calls[own[frame.f_code]].add(now)
            entered.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

    def before(n: int) -> None:
        nonlocal now
        now = n
        loaded.empty_caches()
        sys.setprofile(note)  # for each test: one that nests too deeply ends it

    tests.all_pass(before)
    sys.setprofile(None)
    return {key: sorted(found) for key, found in calls.items()}, entered


class Order:
    """Which tests to run for a mutant, and in what order."""

    def __init__(self, calls: dict[Key, list[int]], times: list[float], seconds: float) -> None:
        self.calls, self.times, self.seconds = calls, times, seconds
        self.kills: dict[object, Counter[int]] = defaultdict(Counter)

    def of(self, file: str, function: int | None) -> list[int]:
        """The tests that call the function, or all where none does, as far as the time goes."""
        found = self.calls.get((file, function or 0), range(len(self.times)))
        mine, near = self.kills[file, function], self.kills[file]
        order = sorted(found, key=lambda n: (-mine[n], -near[n] / (0.05 + self.times[n]), self.times[n]))
        out: list[int] = []
        spent = 0.0
        for n in order:
            spent += self.times[n]
            if out and spent > self.seconds:
                continue  # a quicker one may still do
            out.append(n)
        return out

    def killed(self, file: str, function: int | None, n: int) -> None:
        """A test that has noticed one change is asked first of the next one."""
        self.kills[file, function][n] += 1
        self.kills[file][n] += 1


# -- the mutants ------------------------------------------------------------------------------------------------------
class Line(NamedTuple):
    """What became of one mutant."""

    module: str
    mutant: str
    answer: str

    def __str__(self) -> str:
        return "\t".join(self)


class Run:
    """The mutants of a group, each in a fork of its own."""

    def __init__(self, tests: Tests, folder: Path, options: argparse.Namespace) -> None:
        self.tests, self.folder, self.options = tests, folder, options
        self.group = GROUPS[options.group]
        self.todo = chosen(self.group, folder, options)
        self.files = {file for file, _ in every(self.group, folder)}  # what one does at import may be kept by another
        self.names = {item.nodeid.rpartition("::")[2]: n for n, item in enumerate(tests.items)}
        for name in self.group.others:
            remember(name)
        tests.all_pass(lambda n: None)
        self.loaded = Loaded(self.files)
        calls, self.entered = found_in_a_fork(lambda: called(tests, self.files, self.loaded))
        times = found_in_a_fork(lambda: tests.all_pass(lambda n: None))
        print(f"{len(times)} tests, {sum(times):.0f} s; {len(self.todo)} mutants", flush=True)
        self.order = Order(calls, times, options.seconds)
        gc.freeze()  # what is not looked at is not copied

    def all(self) -> None:
        """Those that were tried before teach the order only."""
        done = _done(self.options.progress)
        for file, mutant in self.todo:
            module = str(Path(file).relative_to(self.folder / "derive"))
            known = done.get(f"{module}\t{mutant}")
            answer = known or self.answer(file, mutant)
            if answer.startswith("killed: test"):
                self.order.killed(file, mutant.function, self.names.get(answer.removeprefix("killed: "), 0))
            if not known:
                with self.options.progress.open("a", encoding="utf-8") as out:
                    out.write(f"{Line(module, str(mutant), answer)}\n")

    def answer(self, file: str, mutant: Mutant) -> str:
        """Killed by whom, or survived how many tests."""
        some = self.order.of(file, mutant.function)
        called = (file, mutant.function or 0) in self.order.calls
        work = self.exchanged if called else self.imported_again  # it runs at import, or never
        how, said = in_a_fork(lambda: work(file, mutant, some) or "none", 20 + 8 * self.options.seconds)
        if how != "said":
            return f"killed: {how} {' '.join(said.split())[:200]}"
        return f"SURVIVED {len(some)} tests" if said == "none" else f"killed: {said.rpartition('::')[2]}"

    def exchanged(self, file: str, mutant: Mutant, some: list[int]) -> str:
        """What fails with the function of the mutant."""
        enough = self.loaded.exchange(file, mutant, self.entered)
        return self.tests.first_failure(some) if enough else self.imported_again(file, mutant, some)

    def imported_again(self, file: str, mutant: Mutant, some: list[int]) -> str:
        """What fails with the module of the mutant."""
        source = self.loaded.sources[file]
        Path(file).write_text(ast.unparse(mutated(source, mutant)))
        try:
            return self.replaced(some) if self.group.kept else self.collected_again(some)
        except Exception as why:  # noqa: BLE001  (whatever a changed module does when it is imported)
            return f"it cannot be imported: {why!r}"
        finally:
            Path(file).write_text(source)

    def replaced(self, some: list[int]) -> str:
        """What fails when the modules are imported again, and nothing else is."""
        replace(self.files)
        self.loaded.empty_caches()
        return self.tests.first_failure(some)

    def collected_again(self, some: list[int]) -> str:
        """What fails when the tests, too, are imported again."""
        forget(self.files)
        names, found = {self.tests.items[n].nodeid: i for i, n in enumerate(some)}, [""]

        def work(tests: Tests) -> None:
            kept = [n for n, item in enumerate(tests.items) if item.nodeid in names]
            found[:] = [tests.first_failure(sorted(kept, key=lambda n: names[tests.items[n].nodeid]))]

        status = pytest.main(_arguments(self.folder, self.group), plugins=[Tests(work, self.options.without)])
        return found[0] or ("" if status == pytest.ExitCode.OK else f"it cannot be imported: {status}")


def chosen(group: Group, folder: Path, options: argparse.Namespace) -> list[tuple[str, Mutant]]:
    """The mutants of a group, a random sample of them, or those that survived before."""
    sample, seed, only = options.sample, options.seed, None
    if options.again:
        lines = options.again.read_text(encoding="utf-8").splitlines()
        only = {text.rpartition("\t")[0] for text in lines if "\tSURVIVED" in text}
    found = [(p, m) for p, m in every(group, folder) if not options.module or Path(p).name in options.module]
    if only is not None:
        return [(p, m) for p, m in found if f"{Path(p).relative_to(folder / 'derive')}\t{m}" in only]
    random.Random(seed).shuffle(found)  # a run that is stopped has tried a random sample
    return found if sample is None else found[:sample]


def every(group: Group, folder: Path) -> list[tuple[str, Mutant]]:
    """All mutants of a group, with their files."""
    paths = sorted(p for pattern in group.modules for p in (folder / "derive").glob(pattern))
    return [(str(p), m) for p in paths for m in mutants(p.read_text())]


def _done(progress: Path) -> dict[str, str]:
    lines = progress.read_text(encoding="utf-8").splitlines() if progress.exists() else []
    return {mutant: answer for mutant, _, answer in (text.rpartition("\t") for text in lines)}


def _arguments(folder: Path, group: Group) -> list[str]:
    tests = [str(folder / "tests" / t) for t in group.tests if (folder / "tests" / t).exists()]
    return ["--rootdir", str(folder), "-c", str(folder / "pyproject.toml"), *_PLAIN.split(), *tests]


def copied(folder: Path) -> None:
    """The sources and their tests, and nothing that was compiled."""
    for name in ("derive", "tests", "benchmarks/data"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "libraries"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def summary(group: Group, progress: list[Path], folder: Path) -> str:
    """A row for each module. Of several files the last one that names a mutant counts, and only mutants of today."""
    known = {mutant: answer for file in progress for mutant, answer in _done(file).items()}
    rows = ["| module | mutants | tried | killed | survived |", "| --- | ---: | ---: | ---: | ---: |"]
    found: dict[str, list[str]] = defaultdict(list)
    for path, mutant in every(group, folder):
        module = str(Path(path).relative_to(folder / "derive"))
        found[module].append(known.get(f"{module}\t{mutant}", ""))
    for module, answers in [*found.items(), ("all", [a for row in found.values() for a in row])]:
        tried, bad = sum(map(bool, answers)), sum(a.startswith("SURVIVED") for a in answers)
        rows.append(f"| {module} | {len(answers)} | {tried} | {tried - bad} | {bad} |")
    return "\n".join(rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Which mutants of the trusted modules do the tests notice?")
    parser.add_argument("group", choices=GROUPS)
    parser.add_argument("--progress", type=Path, default=Path("mutants.txt"), help="a line for each mutant")
    parser.add_argument("--again", type=Path, help="only what survived in this progress file")
    parser.add_argument(
        "--module", action="append", default=[], help="only the mutants of this file; repeat for several"
    )
    parser.add_argument("--sample", type=int, help="so many mutants, chosen at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=8.0, help="so much of the tests for each mutant")
    parser.add_argument("--count", type=Path, nargs="+", help="only a table of what is in these progress files")
    parser.add_argument("--without", action="append", default=[], help="leave out tests with this in their names")
    return parser.parse_args()


def main() -> None:
    options = _options()
    options.progress, options.again = options.progress.resolve(), options.again and options.again.resolve()
    group = GROUPS[options.group]
    if options.count:
        print(summary(group, options.count, ROOT))
        return
    sys.dont_write_bytecode = True
    for name in _LIBRARIES:
        importlib.import_module(name)
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile("mutants", database=None, derandomize=True, deadline=None, phases=phases)
    hypothesis.settings.load_profile("mutants")
    with tempfile.TemporaryDirectory(prefix="derive-mutants-") as name:
        folder = Path(name).resolve()
        copied(folder)
        sys.path.insert(0, str(folder))
        os.chdir(folder)
        tests = Tests(lambda t: Run(t, folder, options).all(), options.without)
        pytest.main(_arguments(folder, group), plugins=[tests])
    print(summary(group, [options.progress], ROOT))


if __name__ == "__main__":
    main()
