"""The small checker: does a recorded proof show that a = b? It looks for nothing; what the prover found is a hint."""

from derive.recheck import choices, laws, special, sums
from derive.recheck.fraction import NotRechecked
from derive.recheck.walk import Shown, recheck, recheck_sign

__all__ = ["NotRechecked", "Shown", "recheck", "recheck_sign"]

#: the modules whose laws fill the table of `translate`
LAW_MODULES = (laws, special, choices, sums)
