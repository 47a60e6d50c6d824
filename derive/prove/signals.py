"""How a proof attempt ends early. None of these leaves `derive.prove`: the pipeline turns each into an answer."""

from __future__ import annotations

from derive.terms.term import Term


class GaveUp(Exception):
    """Not decided: the reason becomes `Unknown(reason)`."""


class Indexed(GaveUp):
    """A sign depends on indices of sums."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__("a sign depends on the index of a sum")
        self.names = names


class Undefined(Exception):
    """The expression has no value anywhere in the region under study."""


class Nowhere(Undefined):
    """The region under study has no point."""


class Outside(Undefined):
    """Beside a point, on the side under study, the expression has no value."""


class Split(Exception):
    """The sign of `term` decides, and is not known: study it positive, zero and negative."""

    def __init__(self, term: Term) -> None:
        super().__init__(repr(term))
        self.term = term


class Beside(Split):
    """The same, beside a point where a derivative is taken."""


class Restart(Exception):
    """What was learnt (a finer unit, a lower base, more generators) is in the registry: translate again."""


class Kink(Exception):
    """A choice ties at the point where a derivative is taken: both sides have to be looked at."""
