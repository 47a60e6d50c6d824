"""A long soundness fuzz: `python benchmarks/fuzz.py 100000 --first 0 --workers 2 --summary fuzz.json`.

Each seed makes one claim: a random term, both sides rewritten by identities, half of the time one side mutated. A wrong
verdict, a crash, or an answer far beyond the budget is printed with its seed; `--show SEED` prints one claim.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from fuzzing.cases import from_seed

_LIMIT = 120  # seconds for one claim and its judgement
_CHUNK = 50
_POINTS = 12  # at which mpmath looks at what is proved


def _stop(*_: object) -> None:
    raise TimeoutError(f"one claim takes more than {_LIMIT} s")


def _one(seed: int) -> tuple[int, str, float, str]:
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(_LIMIT)
    try:
        c, outcome = from_seed(seed, _POINTS)
    except Exception:  # noqa: BLE001  (any exception is a finding)
        return seed, "crash", 0.0, traceback.format_exc(limit=-4)
    finally:
        signal.alarm(0)
    kind = f"{outcome.status}, {'true' if c and c.true else 'mutated'}"
    return (
        seed,
        kind,
        outcome.seconds,
        f"{outcome.complaint}\n  {c.asked[0]!r}\n  {c.asked[1]!r}" if c and outcome.complaint else "",
    )


def run(first: int, count: int, workers: int) -> dict[str, Any]:
    """All seeds; findings are printed as they come."""
    kinds: Counter[str] = Counter()
    times, found, start = [], [], time.monotonic()
    with ProcessPoolExecutor(workers) as pool:
        for seed, kind, seconds, complaint in pool.map(_one, range(first, first + count), chunksize=_CHUNK):
            kinds[kind] += 1
            times.append(seconds)
            if complaint:
                found.append(seed)
                print(f"seed {seed}: {complaint}\n", flush=True)
    return _summary(first, kinds, sorted(times), found, time.monotonic() - start)


def _summary(first: int, kinds: Counter[str], times: list[float], found: list[int], seconds: float) -> dict[str, Any]:
    return {
        "seeds": [first, first + len(times) - 1],
        "wrong": found,
        "verdicts": dict(sorted(kinds.items())),
        "milliseconds": {name: round(1e3 * times[int(q * (len(times) - 1))], 2) for name, q in _QUANTILES},
        "minutes": round(seconds / 60, 1),
    }


_QUANTILES = (("median", 0.5), ("p99", 0.99), ("worst", 1.0))


def main() -> int:
    """Run, print and store the summary; the exit code says whether anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--summary", type=Path)
    parser.add_argument("--show", type=int)
    args = parser.parse_args()
    if args.show is not None:
        print(*from_seed(args.show), sep="\n")
        return 0
    summary = run(args.first, args.count, args.workers)
    print(json.dumps(summary, indent=1))
    if args.summary:
        args.summary.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    return 1 if summary["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
