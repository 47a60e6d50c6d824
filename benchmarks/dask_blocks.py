"""Cost, gradient and Hessian of a data set that is larger than the memory that they may use: `python dask_blocks.py`.

The rows are made as they are read, block by block, so nothing but the blocks is ever there. The process is not allowed
more address space than what it has at the start and a bound of a few blocks; how often each block was read is counted.
"""

from __future__ import annotations

import argparse
import resource
import threading
import time
from collections import Counter
from pathlib import Path

import dask
import dask.array as da
import numpy as np

import derive
from derive import catalog

COLUMNS, BLOCK_ROWS = 50, 80_000
READ: Counter[int] = Counter()


def made(block_id: tuple[int, ...] | None = None) -> np.ndarray:
    """The rows of a block, always the same ones, and a note that it was read."""
    number = block_id[0] if block_id else 0
    READ[number] += 1
    X = np.random.default_rng(number).standard_normal((BLOCK_ROWS, COLUMNS))
    X[:, 0] = 1
    return X


def status(key: str) -> int:
    """A size from the kernel's record of this process, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{key}:"))


def peak_of(call: object) -> tuple[float, float]:
    """The seconds of a call, and the most memory during it beyond that at its start, in MB."""
    start, most, done = status("VmRSS"), 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.005):
            most = max(most, status("VmRSS") - start)

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    call()  # type: ignore[operator]
    seconds = time.perf_counter() - began
    done.set()
    watcher.join()
    return seconds, most / 1e6


def main() -> None:
    """Print a table: the size of the data, the bound, the peak, the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=100)
    count = parser.parse_args().blocks
    dask.config.set(scheduler="synchronous")
    X = da.map_blocks(made, chunks=((BLOCK_ROWS,) * count, (COLUMNS,)), dtype=float, meta=np.empty((0, 0)))
    y = (X[:, 1] > 0).astype(float)  # of the same blocks: they are still read once
    block = BLOCK_ROWS * COLUMNS * 8
    logistic, theta = catalog.load("logistic"), np.full(COLUMNS, 0.01)
    functions = [f(logistic) for f in (derive.cost, derive.gradient, derive.hessian)]
    for f in functions:
        f(theta, X[:BLOCK_ROWS], y[:BLOCK_ROWS])  # what is made at the first call is there before memory is limited
    bound = 4 * block
    resource.setrlimit(resource.RLIMIT_AS, (status("VmSize") + bound, resource.RLIM_INFINITY))
    print(f"X: {X.nbytes / 1e9:.2f} GB in {count} blocks of {block / 1e6:.0f} MB; allowed: {bound / 1e6:.0f} MB more")
    for f in functions:
        READ.clear()
        seconds, peak = peak_of(lambda f=f: f(theta, X, y))
        most = max(READ.values())
        print(
            f"{type(f).__name__:<9} {seconds:6.1f} s  peak {peak:4.0f} MB  blocks read {len(READ)}, each {most} time(s)"
        )


if __name__ == "__main__":
    main()
