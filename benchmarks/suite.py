"""Many claims: claims a second against the number of worker processes, anew and from the cache.

    python benchmarks/suite.py [CLAIMS] [JOBS ...]

A folder of claims files is generated from ten losses with right and wrong derivatives, each claim with numbers of its
own, so that no two are the same. It is checked with each number of jobs: without a cache, into an empty one, and from a
full one. A ratio is against one job without a cache, in the same run.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from derive.suite.item import Item
from derive.suite.runner import run
from derive.suite.targets import items_of

#: loss, gradient, Hessian, domain; `A` and `B` are replaced by numbers
LOSSES = [
    ("log(1 + exp(A*z)) - A*y*z", "A*sigmoid(A*z) - A*y", "A**2*sigmoid(A*z)*(1 - sigmoid(A*z))", 'y = "[0, 1]"'),
    ("(A*z - y)**2/2 + B*z", "A*(A*z - y) + B", "A**2", 'y = "real"'),
    ("exp(A*z) - y*z", "A*exp(A*z) - y", "A**2*exp(A*z)", 'y = "nonnegative"'),
    ("log(cosh(A*(z - y)))/B", "A*tanh(A*(z - y))/B", "A**2*(1 - tanh(A*(z - y))**2)/B", 'y = "real"'),
    ("sqrt(A**2 + (z - y)**2)", "(z - y)/sqrt(A**2 + (z - y)**2)", "A**2/(A**2 + (z - y)**2)**(3/2)", 'y = "real"'),
    ("log(1 + (z - y)**2/A)", "2*(z - y)/(A + (z - y)**2)", None, 'y = "real"'),
    ("y*exp(-A*z) + A*z", "A - A*y*exp(-A*z)", "A**2*y*exp(-A*z)", 'y = "positive"'),
    ("max(z - y, 0)**2*A", "2*A*max(z - y, 0)", None, 'y = "real"'),
    ("A*z**4 + B*z**2 - y*z", "4*A*z**3 + 2*B*z - y", "12*A*z**2 + 2*B", 'y = "real"'),
    ("atan(A*(z - y))", "A/(1 + A**2*(z - y)**2)", None, 'y = "real"'),
]


def claim(number: int) -> str:
    """One claim; every tenth has a gradient that is twice what it should be."""
    loss, gradient, hessian, domain = LOSSES[number % len(LOSSES)]
    wrong = "2*" if number % 10 == number // 10 % 10 else ""
    formulas = {"loss": loss, "gradient": f"{wrong}({gradient})", **({"hessian": hessian} if hessian else {})}
    put = {"A": str(number // len(LOSSES) + 2), "B": str(number % 7 + 3)}
    lines = [f'{key} = "{_with(formula, put)}"' for key, formula in formulas.items()]
    return "\n".join(["[[claim]]", f'name = "claim {number}"', *lines, 'wrt = "z"', f"domain = {{ {domain} }}", ""])


def _with(formula: str, put: dict[str, str]) -> str:
    for name, value in put.items():
        formula = formula.replace(name, value)
    return formula


def folder_of(claims: int, home: Path) -> tuple[Item, ...]:
    """A folder for every hundred claims."""
    for start in range(0, claims, 100):
        folder = home / f"part{start // 100:03}"
        folder.mkdir()
        text = "\n".join(claim(n) for n in range(start, min(start + 100, claims)))
        (folder / "derive.toml").write_text(text, encoding="utf-8")
    return items_of([str(home)])


def timed(items: tuple[Item, ...], jobs: int, cache: Path | None) -> tuple[float, Counter[str]]:
    """Seconds, and how many there were of each answer."""
    begin = time.perf_counter()
    outcomes = run(items, jobs=jobs, cache=cache)
    return time.perf_counter() - begin, Counter("replayed" if o.replayed else o.status for o in outcomes)


def measured(items: tuple[Item, ...], jobs: list[int], home: Path) -> Iterator[tuple[int, str, float, Counter[str]]]:
    """Each number of jobs: without a cache, into an empty one, from a full one."""
    for number in jobs:
        cache = home / f"cache{number}"
        for name, folder in (("no cache", None), ("empty cache", cache), ("full cache", cache)):
            yield (number, name, *timed(items, number, folder))


def main(claims: int, jobs: list[int]) -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        (home / "claims").mkdir()
        begin = time.perf_counter()
        items = folder_of(claims, home / "claims")
        print(f"{len(items)} claims, collected in {time.perf_counter() - begin:.2f} s")
        print(f"{'jobs':>4}  {'':<12}{'s':>8}{'claims/s':>10}{'ratio':>8}")
        first = 0.0
        for number, name, seconds, counts in measured(items, jobs, home):
            first = first or seconds
            found = ", ".join(f"{n} {s}" for s, n in sorted(counts.items()))
            print(
                f"{number:>4}  {name:<12}{seconds:>8.1f}{len(items) / seconds:>10.1f}{first / seconds:>8.2f}  {found}"
            )


if __name__ == "__main__":
    said = [int(a) for a in sys.argv[1:]]
    main(said[0] if said else 1000, said[1:] or [1, os.cpu_count() or 2])
