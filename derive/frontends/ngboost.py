"""NGBoost: a score with `score(Y)` and `d_score(Y)`, whose attributes a distribution makes of `params`, a row of each.

`d_score` gives, for each observation, the derivatives of the score in all parameters, as they are in `params`: in the
logarithm of a scale, where that is one of them. NGBoost makes one class of the score and the distribution; here a
distribution with a list of `scores`, or that class, can be given. Parameters are z1, z2 … and the observation is y.
Source: NGBoost's guide for developers.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from derive.domain import Range
from derive.errors import DeriveError
from derive.frontends import Asked, Numbers, Reading
from derive.frontends._names import Batch, Call, Outputs, names_for, stated_scores
from derive.frontends._numbers import numbers_rows
from derive.frontends._rows import read_rows

LIBRARY = "ngboost"
_OWN = ("params", "Y", "w")


def recognises(target: Any) -> bool:
    """A class with `d_score`, or with a list of scores that have it."""
    return inspect.isclass(target) and _manifold(target) is not None


def read(target: Any, asked: Asked) -> Reading:
    """Its formulas, and those of its own score, where no other one is stated."""
    said = completed(target, asked)
    found = read_rows(target, said, _call(target, own=not asked.names), _OWN)
    label = found.labels[1]
    notes = tuple(n for n in found.notes if "scores are given" not in n)
    domain = {n: r for n, r in found.domain.items() if n != label}
    return replace(found, domain=domain, where={}, notes=notes)


def numbers(target: Any, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
    """The real code's values."""
    said = completed(target, asked)
    return numbers_rows(_call(target, own=not asked.names), said, columns, names_for(said, _OWN, said.classes))


def labels(target: Any, asked: Asked) -> tuple[str, str, str]:
    """The names of parameters, observation and weight in the columns."""
    names = names_for(asked, _OWN, None)
    return names.z, names.y, names.w


def completed(target: Any, asked: Asked) -> Asked:
    """With the number of parameters, and observations that are no classes."""
    count = asked.classes or getattr(_manifold(target), "n_params", None) or stated_scores(asked) or len(asked.wrt) or 2
    label = names_for(asked, _OWN, None).y
    domain = replace(asked.domain, ranges={label: Range(), **asked.domain.ranges})
    return replace(asked, classes=int(count), domain=domain, targets=False)


def _manifold(target: Any) -> Any:
    """The class that NGBoost makes of a distribution and its first score; the class itself, if it is both."""
    if callable(getattr(target, "d_score", None)):
        return target
    scores = getattr(target, "scores", None)
    first = scores[0] if isinstance(scores, (list, tuple)) and scores else None
    if not inspect.isclass(first) or not callable(getattr(first, "d_score", None)):
        return None
    return type(f"{target.__name__}{first.__name__}", (first, target), {})


def _call(target: Any, *, own: bool) -> Call:
    kind = _manifold(target)

    def call(b: Batch) -> Outputs:
        made = _made(kind, b.z.T)
        return {"gradient": made.d_score(b.y), **({"loss": made.score(b.y)} if own and hasattr(made, "score") else {})}

    return call


def _made(kind: Any, params: Any) -> Any:
    if "__init__" not in {n for c in kind.__mro__[:-1] for n in vars(c)}:
        raise DeriveError(f"{kind.__name__} has no __init__(params): give the distribution, with its list of scores")
    return kind(params)
