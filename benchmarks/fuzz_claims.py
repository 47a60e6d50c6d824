"""A longer fuzz of what people type, guided by coverage: `python benchmarks/fuzz_claims.py -max_total_time=600`.

Needs `pip install atheris`; the options are libFuzzer's. Bytes become a loss, a gradient, a Hessian, a domain and a
distribution, made of words of the grammar and of anything else. The answer has to be a report or a `DeriveError`: every
other exception is a crash, with the input in a file.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(
    include=["derive.terms", "derive.domain", "derive.claims.stated", "derive.claims.distributions"]
):
    import derive
    import derive.claims.examination  # noqa: F401
    import derive.terms.text  # noqa: F401
    from derive.errors import DeriveError

WORDS = (
    *("z", "y", "exp", "log", "sigmoid", "where", "Piecewise", "Max", "sum", "diff", "(", ")", "[", "]", "{", "}", ","),
    *("+", "-", "*", "/", "**", "1", "0", "2.5", "1/2", "1e9", ">", "<=", "==", "&", "|", "~", ".", "=", ":", "z[i]"),
    *("lambda", "__import__", "True", "None", "nan", "oo", "I", "one-hot", "0..n-1", "positive", "poisson", " ", "\n"),
)


def text(data: atheris.FuzzedDataProvider) -> str:
    """Words, and now and then anything."""
    count = data.ConsumeIntInRange(0, 14)
    return "".join(
        WORDS[data.ConsumeIntInRange(0, len(WORDS) - 1)] if data.ConsumeBool() else data.ConsumeUnicodeNoSurrogates(2)
        for _ in range(count)
    )


def one(raw: bytes) -> None:
    """One claim."""
    data = atheris.FuzzedDataProvider(raw)
    loss, gradient, hessian = (text(data) for _ in range(3))
    domain = {"y": text(data)} if data.ConsumeBool() else None
    distribution = text(data) if data.ConsumeBool() else None
    try:
        derive.check(
            loss, gradient, hessian, "z", domain=domain, distribution=distribution, dtypes=(), budget=0.2
        ).to_json()
    except DeriveError:
        return


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
