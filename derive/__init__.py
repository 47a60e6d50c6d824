"""Proves derivations: gradients and Hessians of loss functions, step by step.

Names are loaded when they are first used, so that `import derive` costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from derive.version import VERSION

if TYPE_CHECKING:
    from derive import catalog
    from derive.certificate import Certificate
    from derive.check import check
    from derive.compiled import cost, gradient, hessian
    from derive.decorator import claim
    from derive.errors import DeriveError
    from derive.explain import explain
    from derive.fit import Fit, fit
    from derive.gradcheck import gradcheck
    from derive.loss import Loss
    from derive.matching import matching_loss
    from derive.objective import check_objective
    from derive.prove import prove, prove_nonnegative, prove_positive, prove_positive_semidefinite
    from derive.verify import verify

__version__ = VERSION
__all__ = [
    "Certificate",
    "DeriveError",
    "Fit",
    "Loss",
    "__version__",
    "catalog",
    "check",
    "check_objective",
    "claim",
    "cost",
    "explain",
    "fit",
    "gradcheck",
    "gradient",
    "hessian",
    "matching_loss",
    "prove",
    "prove_nonnegative",
    "prove_positive",
    "prove_positive_semidefinite",
    "verify",
]

_HOME = {
    "Certificate": "derive.certificate",
    "check": "derive.check",
    "check_objective": "derive.objective",
    "claim": "derive.decorator",
    "DeriveError": "derive.errors",
    "Fit": "derive.fit",
    "Loss": "derive.loss",
    "fit": "derive.fit",
    "cost": "derive.compiled",
    "explain": "derive.explain",
    "gradcheck": "derive.gradcheck",
    "gradient": "derive.compiled",
    "hessian": "derive.compiled",
    "matching_loss": "derive.matching",
    "prove": "derive.prove",
    "prove_nonnegative": "derive.prove",
    "prove_positive": "derive.prove",
    "prove_positive_semidefinite": "derive.prove",
    "verify": "derive.verify",
}


def __getattr__(name: str) -> Any:
    if name == "catalog":
        return import_module("derive.catalog")
    if name not in _HOME:
        raise AttributeError(f"module 'derive' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """Importing the module `derive.verify` would bind it as `derive.verify`, which is the function: it stays that."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
