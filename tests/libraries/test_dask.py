"""Compiled functions of dask arrays, with the real dask: the same values, each block read once, errors in words."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from typing import Any

import dask
import dask.array as da
import numpy as np
import pytest

import derive
from derive import catalog
from derive.data import Data
from derive.errors import DataError
from derive.gradcheck import gradcheck
from derive.large import in_blocks

RNG = np.random.default_rng(5)
M, N = 1003, 4
X = np.column_stack([np.ones(M), RNG.normal(size=(M, N - 1)) * [1, 20, 300]])
Y = (RNG.random(M) < 0.5).astype(float)
W = RNG.random(M)
THETA = np.array([0.3, -1.0, 0.2, 0.01])


@pytest.mark.parametrize("name", ["logistic", "linear", "logistic-l2"])
@pytest.mark.parametrize("make", [derive.cost, derive.gradient, derive.hessian])
@pytest.mark.parametrize("chunks", [(100, N), (1003, N), (77, 2)])
def test_the_values_are_those_of_numpy(name: str, make: Any, chunks: tuple[int, int]) -> None:
    """In whatever blocks X, y and the weights are, with and without weights and a penalty."""
    f = make(catalog.load(name))
    options = {"penalty": 0.7} if name.endswith("l2") else {}
    for w in (None, W):
        lazy = None if w is None else da.from_array(w, chunks=90)
        found = f(THETA, da.from_array(X, chunks=chunks), da.from_array(Y, chunks=130), lazy, **options)
        assert found == pytest.approx(f(THETA, X, Y, w, **options), rel=1e-12, abs=1e-14)
        assert f(THETA, da.from_array(X, chunks=chunks), Y, w, **options) == pytest.approx(found, rel=1e-12)


def test_tails_are_as_accurate_as_in_memory() -> None:
    """A block in which the quick forms overflow is computed by the others; the other blocks are not read again."""
    far = X * [1, 1, 1, 1e4]
    f = derive.gradient(catalog.load("logistic"))
    assert f(THETA, da.from_array(far, chunks=(100, N)), Y) == pytest.approx(f(THETA, far, Y), rel=1e-12)


@pytest.mark.parametrize("make", [derive.cost, derive.gradient, derive.hessian])
def test_each_block_is_read_once(make: Any) -> None:
    """Also where y is computed from the same blocks."""
    read: Counter[int] = Counter()

    def rows(block_id: Any = None) -> Any:
        read[block_id[0]] += 1
        return X[block_id[0] * 100 : (block_id[0] + 1) * 100]

    lazy = da.map_blocks(rows, chunks=((100,) * 10, (N,)), dtype=float, meta=np.empty((0, 0)))
    make(catalog.load("logistic"))(THETA, lazy, (lazy[:, 1] > 0).astype(float))
    assert read == dict.fromkeys(range(10), 1)


def test_sizes_that_are_not_known() -> None:
    """Blocks that come out of a filter, X and y alike."""
    keep = X[:, 1] > 0
    lazy, y = da.from_array(X, chunks=(100, N)), da.from_array(Y, chunks=100)
    mask = da.from_array(keep, chunks=100)
    f = derive.gradient(catalog.load("logistic"))
    assert f(THETA, lazy[mask], y[mask]) == pytest.approx(f(THETA, X[keep], Y[keep]), rel=1e-12)
    with pytest.raises(DataError, match="compute_chunk_sizes"):
        f(THETA, lazy[mask], Y[keep])


def test_single_precision() -> None:
    """float32 in, float32 out, added up in float64."""
    f = derive.gradient(catalog.load("logistic"))
    found = f(THETA.astype("f4"), da.from_array(X.astype("f4"), chunks=(100, N)), Y)
    assert found.dtype == np.float32
    assert found == pytest.approx(f(THETA, X, Y), rel=1e-3, abs=1e-4)


BAD: list[tuple[Any, Any, str]] = [
    (da.from_array(np.where(np.arange(M)[:, None] == 500, np.nan, X), chunks=(100, N)), Y, "starts at row 500"),
    (da.from_array(X, chunks=(100, N)), Y[:-1], "1002 numbers, but X has 1003 rows"),
    (da.from_array(X, chunks=(100, N)), Y + 3, "the targets of this loss"),
    (da.from_array(X, chunks=(100, N)), Y[:, None], "use y.ravel"),
    (da.from_array(X[:, :2], chunks=(100, 2)), Y, "theta has shape"),
    (da.from_array(X[:, 0], chunks=100), Y, "must be a matrix"),
    (da.from_array(X[:0], chunks=(100, N)), Y[:0], "no rows"),
]


@pytest.mark.parametrize(("data", "y", "message"), BAD)
def test_errors_say_where(data: Any, y: Any, message: str) -> None:
    """The block, and what is wrong in it."""
    with pytest.raises(DataError, match=message):
        derive.gradient(catalog.load("logistic"))(THETA, data, y)


def rows_of(number: int, count: int = 40) -> Any:
    """A lazy X of `count` blocks of 2 MB, made when they are read, and the number of the block that is wrong."""

    def made(block_id: Any = None) -> Any:
        READ[block_id[0]] += 1
        out = np.random.default_rng(block_id[0]).normal(size=(8_000, 32))
        out[:, 0] = 1
        out[:, 1] = 2.0 if block_id[0] == number else 0.5
        return out

    return da.map_blocks(made, chunks=((8_000,) * count, (32,)), dtype=float, meta=np.empty((0, 0)))


READ: Counter[int] = Counter()


def test_verify_reads_data_that_outgrow_memory_once() -> None:
    """80 MB in blocks of 2 MB, compared within 16 MB; each block is read once, and y comes of the same blocks."""
    lazy = rows_of(-1)
    data = Data(lazy, (lazy[:, 2] > 0).astype(float), tuple(map(str, range(32))))  # type: ignore[arg-type]
    derive.verify(catalog.load("logistic"))  # what is made once is there
    READ.clear()
    tracemalloc.start()
    with dask.config.set(scheduler="synchronous"):
        found = derive.verify(catalog.load("logistic"), data=data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.status == "proved"
    assert set(READ.values()) == {1}
    assert found.agreement is not None
    assert any("your data (320,000 × 32)" in c.name for c in found.agreement.checks)
    assert peak < 16 << 20


def test_a_gradient_that_is_wrong_in_the_last_block() -> None:
    """It disagrees, and the record says between which rows."""
    right = derive.gradient(catalog.load("logistic"))

    def wrong(theta: Any, X: Any, y: Any, *weight: Any, **options: Any) -> Any:
        return right(theta, X, y, *weight, **options) * (1 + 1e-5 * (X[0, 1] == 2.0))

    lazy = rows_of(3, 4)
    data = Data(lazy, (lazy[:, 2] > 0).astype(float), tuple(map(str, range(32))))  # type: ignore[arg-type]
    found = gradcheck(catalog.load("logistic"), data=in_blocks(data, 8 << 20), gradient=wrong)
    bad = [c.worst for c in found.checks if not c.ok and "float64" in c.name]
    assert bad
    assert all(worst.startswith(("rows 24,001", "rows 30,061")) for worst in bad)


@pytest.mark.parametrize(("data", "y", "message"), BAD)
def test_verify_says_where(data: Any, y: Any, message: str) -> None:
    """What a gradient says of data that cannot be used, the comparison says."""
    if "theta" in message:  # two columns are as good as four: no θ was given
        assert gradcheck(catalog.load("logistic"), data=Data(data, y, ("a", "b"))).ok
        return
    with pytest.raises(DataError, match=message.replace("the targets of this loss", "no target of the loss")):
        gradcheck(catalog.load("logistic"), data=Data(data, y, ()))
