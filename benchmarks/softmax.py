"""The gradient and the Hessian of softmax cross-entropy: written out for K classes, and with K as a symbol.

    python benchmarks/softmax.py [LARGEST_K]

The symbolic proof is one number; the written-out ones grow with K. Times are those of the processor, the better of two.
"""

from __future__ import annotations

import sys
import time

from derive.certificate import Verdict
from derive.prove import prove

SIZES = (2, 3, 5, 10, 20, 50)


def written_out(k: int) -> dict[str, tuple[str, str, dict[str, str]]]:
    """Claims about K classes, each a variable of its own."""
    total = "(" + " + ".join(f"exp(z{i})" for i in range(k)) + ")"
    loss = "-(" + " + ".join(f"y{i}*log(exp(z{i})/{total})" for i in range(k)) + ")"
    domain = {", ".join(f"y{i}" for i in range(k)): "simplex"}
    p = [f"exp(z{i})/{total}" for i in range(2)]
    return {
        "gradient": (f"diff({loss}, z0)", f"{p[0]} - y0", domain),
        "Hessian": (f"diff(diff({loss}, z0), z1)", f"-({p[0]})*({p[1]})", domain),
    }


def symbolic() -> dict[str, tuple[str, str, dict[str, str]]]:
    """The same claims for every K."""
    p = "exp(z[{0}])/Sum(exp(z[q]), (q, 0, K-1))"
    loss = f"-Sum(y[k]*log({p.format('k')}), (k, 0, K-1))"
    domain = {"y": "simplex(K)", "K": "positive integer", "c": "0..K-1", "d": "0..K-1"}
    delta = f"({p.format('c')})*(delta(c, d) - {p.format('d')})"
    return {
        "gradient": (f"diff({loss}, z[c])", f"{p.format('c')} - y[c]", domain),
        "Hessian": (f"diff(diff({loss}, z[c]), z[d])", delta, domain),
    }


def timed(claim: tuple[str, str, dict[str, str]]) -> tuple[Verdict, float]:
    """The verdict, and the better of two times in milliseconds."""
    times = []
    for _ in range(2):
        start = time.process_time()
        verdict = prove(*claim, budget=60)
        times.append(1000 * (time.process_time() - start))
    return verdict, min(times)


def main(largest: int) -> None:
    """Print a line per size."""
    for size in (*(k for k in SIZES if k <= largest), None):
        claims = symbolic() if size is None else written_out(size)
        cells = [
            f"{name} {verdict.status} {ms:.0f} ms" for name, (verdict, ms) in ((n, timed(c)) for n, c in claims.items())
        ]
        print(f"K = {size or 'symbol':<8}" + "   ".join(cells), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
