"""Dask arrays without dask: recognised by name, and the message says which extra is missing."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import derive
from derive import catalog
from derive.compiled.lazy import is_lazy
from derive.errors import MissingExtraError


def test_dask_is_recognised_without_an_import() -> None:
    """By the module of the type; NumPy's arrays and lists are not lazy."""
    assert is_lazy(type("Array", (), {"__module__": "dask.array.core"})())
    assert not is_lazy(np.zeros(2))
    assert not is_lazy([1])


def test_dask_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what installs it."""
    monkeypatch.setitem(sys.modules, "dask", None)
    lazy = type("Array", (), {"__module__": "dask.array.core"})()
    with pytest.raises(MissingExtraError, match=r"derive\[dask\]"):
        derive.gradient(catalog.load("logistic"))([0.0], lazy, [1.0])
