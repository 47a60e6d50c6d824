"""The decorator `derive.claim`: it only leaves a note on a function, so code that is shipped with it pays nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F")
ATTRIBUTE = "__derive_claim__"


def claim(loss: Any = None, **said: Any) -> Callable[[F], F]:
    """Say beside a function what it is the objective of, in the keywords of `derive.check_objective`.

    The function stays as it is. `derive check`, the pytest plugin and `derive.check_objective` find it.

    >>> from derive import check_objective
    >>> @claim("(z - y)**2/2")
    ... def squared(y_true, y_pred):
    ...     return y_pred - y_true, 1.0 + 0*y_pred
    >>> check_objective(squared).status
    'proved'
    """

    def attach(target: F) -> F:
        setattr(target, ATTRIBUTE, {**said, **({} if loss is None else {"loss": loss})})
        return target

    return attach
