"""Cold commands against `import sympy`, interleaved in one run: the ratio of the times of the processor.

    python benchmarks/cold.py [ROUNDS]

Each command runs in a process of its own, from compiled bytecode, as an installed package has it: a checkout without
`__pycache__` compiles its files at each start, which counts half as much again. Times are those of the processor (user
and system), so that other work on the machine disturbs them less; the ratio is that of the medians.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PEER = "import sympy"


def commands(certificate: str) -> dict[str, list[str]]:
    """Name -> command line; the peer first."""
    derive = [sys.executable, "-c", "from derive.cli import run; run()"]
    return {
        PEER: [sys.executable, "-c", "import sympy"],
        "import derive": [sys.executable, "-c", "import derive"],
        "derive --help": [*derive, "--help"],
        "derive list": [*derive, "list"],
        "derive replay": [*derive, "replay", certificate],
        "derive verify linear": [*derive, "verify", "linear", "--no-cache"],
        "derive verify logistic": [*derive, "verify", "logistic", "--no-cache"],
        "the same, replayed": [*derive, "verify", "logistic"],
    }


def seconds(command: list[str]) -> float:
    """The processor time of one run."""
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main(rounds: int) -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = str(Path(folder) / "logistic.json")
        os.environ["DERIVE_CACHE"] = str(Path(folder) / "cache")
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "compiled")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        todo = commands(certificate)
        first = [*todo["the same, replayed"], "--certificate", certificate]
        for command in (todo[PEER], first, todo["the same, replayed"]):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times: dict[str, list[float]] = {name: [] for name in todo}
        for _ in range(rounds):
            for name, command in todo.items():
                times[name].append(seconds(command))
    floor = statistics.median(times[PEER])
    print(f"{'command':<24}{'ms':>8}{'ratio':>8}")
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"{name:<24}{1000 * middle:>8.0f}{middle / floor:>8.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
