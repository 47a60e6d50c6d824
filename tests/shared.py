"""Certificates that many tests look at, made once in a process."""

from __future__ import annotations

from functools import cache

from derive import catalog, verify
from derive.certificate import Agreement, Certificate
from derive.gradcheck import gradcheck


@cache
def certificate_of(name: str) -> Certificate:
    """The proofs of a loss of the catalog, without the numbers."""
    return verify(catalog.load(name), numeric=False)


@cache
def agreement_of(name: str) -> Agreement:
    """The comparison of a loss with finite differences."""
    return gradcheck(catalog.load(name))
