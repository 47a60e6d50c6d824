"""Certificates that many tests look at, made once in a run: workers hand them to each other through a folder."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest

from derive import catalog, verify
from derive.certificate import Agreement, Certificate
from derive.certificate_json import encode, record_from_json
from derive.files import write_text
from derive.gradcheck import gradcheck
from derive.gradcheck.joint import gradcheck as joint_gradcheck
from derive.joint_loss import JointLoss
from derive.loss import Loss
from derive.theorem import certify

FOLDER = "DERIVE_TESTS_SHARED"  # set by conftest.py, for this run only
EXHAUSTIVE = "DERIVE_TESTS_EXHAUSTIVE"  # and this one
Record = TypeVar("Record")


#: a loss without and with kinks, one with a parameter, and a joint one
_FEW = ("logistic", "huber", "tweedie", "gaussian-log-variance")


def few(values: Iterable[Any], kept: Sequence[Any] = _FEW) -> list[Any]:
    """Parameters of a test: those not kept are run with `pytest --exhaustive` only."""
    return [v if v in kept else pytest.param(v, marks=pytest.mark.exhaustive) for v in values]


def examples(exhaustive: int, by_default: int) -> int:
    """How many examples hypothesis makes, or cases a generator: more of them with `pytest --exhaustive`."""
    return exhaustive if os.environ.get(EXHAUSTIVE) else by_default


def loss_of(name: str) -> Loss | JointLoss:
    """A loss of the catalog, of one raw prediction or of several."""
    return catalog.load(name) if name in catalog.names() else catalog.load_joint(name)


def _names() -> list[str]:
    return [*catalog.names(), *catalog.joint_names()]


@cache
def certificate_of(name: str) -> Certificate:
    """The proofs of a loss of the catalog, without the numbers."""
    return once(Certificate, name, _proved, _names())


def _proved(name: str) -> Certificate:
    budget = 60.0 if name in catalog.joint_names() else 10.0  # of a second or two, where nothing else runs
    return verify(loss_of(name), numeric=False, budget=budget)


@cache
def theorem_of(name: str) -> Certificate:
    """What is decided of the statements of a theorem, also of one that belongs to a loss."""
    every = [f"theorem-{entry.name}" for entry in catalog.entries(catalog.THEOREMS)]
    return once(Certificate, f"theorem-{name}", _decided, every)


def _decided(name: str) -> Certificate:
    found = catalog.theorem(name.removeprefix("theorem-"))
    assert found is not None
    return certify(found)


@cache
def agreement_of(name: str) -> Agreement:
    """The comparison of a loss with finite differences."""
    return once(Agreement, name, _compared, _names())


def _compared(name: str) -> Agreement:
    loss = loss_of(name)
    return joint_gradcheck(loss) if isinstance(loss, JointLoss) else gradcheck(loss)


def once(kind: type[Record], name: str, make: Callable[[str], Record], among: Sequence[str] = ()) -> Record:
    """What was made under this name before, in this run, or is made now, by one worker.

    While another worker makes it, this one makes what nobody has begun, of the names `among` which it is: from the
    last one on, so that the two meet.
    """
    file = _file(kind, name)
    if not _made(file, name, make, wait=False):
        for other in reversed(among):
            if file.exists():
                break
            _made(_file(kind, other), other, make, wait=False)
        _made(file, name, make, wait=True)
    return record_from_json(kind, json.loads(file.read_text(encoding="utf-8")))


def _file(kind: type[Record], name: str) -> Path:
    return Path(os.environ[FOLDER]) / f"{kind.__name__}-{name}.json"


def _made(file: Path, name: str, make: Callable[[str], Record], *, wait: bool) -> bool:
    """Is it there now? Not where another worker is about it and we don't wait; a worker that dies lets go of it."""
    if file.exists():
        return True
    with file.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        if not file.exists():
            write_text(file, json.dumps(encode(make(name))))
    return True
