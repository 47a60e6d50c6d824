"""Is a survivor a mutant at all? Only a proof that it computes what the original computes says no."""

from __future__ import annotations

from derive.mutate.records import Mutant
from derive.mutate.source import Source


def same(source: Source, name: str, mutant: Mutant) -> bool:
    """Does the mutant compute what the original computes, but for its spelling?"""
    return source.text == mutant.text
