"""A long soundness fuzz: `python benchmarks/fuzz.py 100000 --workers 2 --progress fuzz.txt --summary fuzz.json`.

Each seed makes one claim: a random term, both sides rewritten by identities, half of the time one side mutated. A wrong
verdict, a crash, or an answer far beyond the budget is printed with its seed; `--show SEED` prints one claim. A stopped
run goes on from its progress file, which has a line for each seed. An unknown is counted as unanswerable where nothing
else could be said: a false claim that no rational point refutes, or a claim that no point can test.
"""

from __future__ import annotations

import argparse
import json
import platform
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from fuzzing.cases import from_seed

from derive.version import VERSION

_LIMIT = 120  # seconds for one claim and its judgement
_CHUNK = 50
_POINTS = 12  # at which mpmath looks at what is proved after a mutation; a third of them after rewriting alone


class Line(NamedTuple):
    """What one seed gave: the answer, what was asked, and what is to be said against it."""

    seed: int
    kind: str
    milliseconds: float
    finding: str = "-"

    def __str__(self) -> str:
        return f"{self.seed}\t{self.kind}\t{self.milliseconds:.2f}\t{self.finding}"


def _read(text: str) -> Line:
    seed, kind, milliseconds, finding = text.split("\t")
    return Line(int(seed), kind, float(milliseconds), finding)


def _stop(*_: object) -> None:
    raise TimeoutError(f"one claim takes more than {_LIMIT} s")


def _one(seed: int) -> tuple[Line, str]:
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(_LIMIT)
    try:
        c, outcome = from_seed(seed, _POINTS)
    except Exception:  # noqa: BLE001  (any exception is a finding)
        return Line(seed, "crash", 0.0, "crash"), traceback.format_exc(limit=-4)
    finally:
        signal.alarm(0)
    if c is None:
        return Line(seed, outcome.status, 0.0), ""
    kind = f"{outcome.status}, {'rewritten' if c.true else 'mutated'}"
    finding = "wrong" if outcome.wrong else "slow" if outcome.complaint else "-"
    words = f"{outcome.complaint}\n  {c.asked[0]!r}\n  {c.asked[1]!r}" if outcome.complaint else ""
    return Line(seed, kind, 1e3 * outcome.seconds, finding), words


def run(seeds: range, workers: int) -> Iterator[Line]:
    """All seeds in order; findings are printed as they come."""
    with ProcessPoolExecutor(workers) as pool:
        for line, words in pool.map(_one, seeds, chunksize=_CHUNK):
            if words:
                print(f"seed {line.seed}: {words}\n", flush=True)
            yield line


def resumed(seeds: range, workers: int, progress: Path | None) -> list[Line]:
    """The same, but for what the progress file has already."""
    if progress is None:
        return list(run(seeds, workers))
    known = [_read(t) for t in progress.read_text(encoding="utf-8").splitlines()] if progress.exists() else []
    known = [line for line in known if line.seed in seeds]
    with progress.open("a", encoding="utf-8", buffering=1) as file:
        for line in run(seeds[len(known) :], workers):
            file.write(f"{line}\n")
            known.append(line)
    return known


def summary(lines: list[Line]) -> dict[str, Any]:
    """Counts by answer, findings, and how long the prover took for a claim."""
    times = sorted(line.milliseconds for line in lines)
    return {
        "version": VERSION,
        "python": platform.python_version(),
        "seeds": [lines[0].seed, lines[-1].seed],
        **{f: [line.seed for line in lines if line.finding == f] for f in ("wrong", "crash", "slow")},
        "answers": dict(sorted(Counter(line.kind for line in lines).items())),
        "milliseconds": {name: round(times[int(q * (len(times) - 1))], 2) for name, q in _QUANTILES},
    }


_QUANTILES = (("median", 0.5), ("p99", 0.99), ("worst", 1.0))


def main() -> int:
    """Run, print and store the summary; the exit code says whether anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--progress", type=Path)
    parser.add_argument("--summary", type=Path)
    parser.add_argument("--show", type=int)
    args = parser.parse_args()
    if args.show is not None:
        print(*from_seed(args.show), sep="\n")
        return 0
    start = time.monotonic()
    found = summary(resumed(range(args.first, args.first + args.count), args.workers, args.progress))
    print(json.dumps(found, indent=1), f"{(time.monotonic() - start) / 60:.1f} minutes", sep="\n")
    if args.summary:
        args.summary.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 1 if found["wrong"] or found["crash"] or found["slow"] else 0


if __name__ == "__main__":
    sys.exit(main())
