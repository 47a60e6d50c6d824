"""Which argument is which, by the names that people give them."""

from __future__ import annotations

import dis
import inspect
import re
from typing import Any, Literal, TypeAlias

import numpy as np

from derive.errors import DeriveError
from derive.tracing import sources

Role: TypeAlias = Literal["prediction", "label", "weight", "data", "group", ""]
_PREDICTION = re.compile(
    r"z\d*|f|eta|x|s|u|a|t_hat|y_?hat|yh|preds?(_raw)?|predt|predictions?|y_?preds?|predicted|ypred|y_?score|score[sx]?|margins?"
    r"|raw(_predictions?|_preds?|_scores?)?|preds?_y|y_preds?_raw|transformed_params|logits?|approx(es)?|outputs?|y_?p|p"
    r"|linear_?predictors?|forecast|theta|yhats?|estimates?",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"y|t|ys|y_?true|labels?|targets?|true|y_?t|truth|actuals?|observed|y_?labels?|y_?train|y_?test|obs|d|real|ground_?truth|y_?val"
    r"|y_?actual|expected|gt",
    re.IGNORECASE,
)
_WEIGHT = re.compile(r"w|wt|ws|weights?|sample_?weights?|sw|w_?i", re.IGNORECASE)
_DATA = re.compile(
    r"d_?(train|test|valid|matrix|mat|set|m|ata)|dm(at|atrix)?|data(_?set|_?matrix)?|train(ing)?_?(data|set|ing|_dataset)?"
    r"|lgb_?\w*|xg_?\w+|valid_?(data|set)?|eval_?(data|set)|matrix|dataset|ds",
    re.IGNORECASE,
)
_GROUP = re.compile(r"groups?|query|qid", re.IGNORECASE)
_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("weight", _WEIGHT),
    ("group", _GROUP),
    ("label", _LABEL),
    ("data", _DATA),
    ("prediction", _PREDICTION),
)
_READS_DATA = frozenset({"get_label", "get_weight", "get_field", "get_info", "get_float_info", "get_group"})


def arguments(target: Any) -> list[str]:
    """The names of the arguments that have no default, without `self`; [] for what has no signature."""
    target = target.pyfunc if isinstance(target, np.vectorize) else target
    try:
        found = inspect.signature(target).parameters.values()
    except (TypeError, ValueError):
        return []
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in found if p.kind in plain and (p.default is p.empty or role(p.name) in ("weight", "group"))]


def arguments_with_defaults(target: Any) -> frozenset[str]:
    """The names that a call may set, beside those of `arguments`."""
    try:
        found = inspect.signature(target).parameters.values()
    except (TypeError, ValueError):
        return frozenset()
    return frozenset(p.name for p in found if p.default is not p.empty)


def role(name: str) -> Role:
    """What an argument of this name is; "" if the name does not say."""
    return next((r for r, pattern in _ROLES if pattern.fullmatch(name.strip("_"))), "")


def roles(target: Any) -> list[Role]:
    """The roles of the arguments."""
    found = list(map(role, arguments(target)))
    if len(found) >= 2 and found[1] != "data" and reads_data(target):
        found[1] = "data"
    return found


def reads_data(target: Any) -> bool:
    """Does the code ask something for its labels (`get_label`)?"""
    return any(_READS_DATA & set(f.__code__.co_names) for f in sources.functions(target))


def uses(target: Any, library: str) -> bool:
    """Is a library imported by the file of the code, or named in the code?"""
    return mentions(target, library) or any(library in f.__code__.co_names for f in sources.functions(target))


def gives_pair(target: Any) -> bool:
    """Does the code end with `return a, b`, as an objective does that gives a gradient and a Hessian?"""
    found = sources.plain_function(target)
    code = [] if found is None else [(i.opname, i.arg) for i in dis.get_instructions(found)]
    ends = [code[k - 1] for k in range(1, len(code)) if code[k][0] == "RETURN_VALUE"]
    return bool(ends) and all(end == ("BUILD_TUPLE", 2) for end in ends)


def mentions(target: Any, library: str) -> bool:
    """Does the file of the code import a library?"""
    for f in sources.functions(target):
        for value in f.__globals__.values():
            module = getattr(value, "__name__", "") if inspect.ismodule(value) else getattr(value, "__module__", "")
            if isinstance(module, str) and module.partition(".")[0] == library:
                return True
    return False


def object_of(target: Any) -> Any:
    """An object of a class, or what is given; `DeriveError` where it cannot be made without arguments."""
    if not inspect.isclass(target):
        return target
    try:
        return target()
    except TypeError as why:
        raise DeriveError(f"{target.__name__} cannot be made without arguments ({why}); give an object of it") from None
