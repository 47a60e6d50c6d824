"""Families and links of generalised linear models, as classes: what their methods say of each other.

Of a link g, `deriv` and `deriv2` are its derivatives, `inverse` undoes it, `inverse_deriv` and `inverse_deriv2` are the
derivatives of that. Of a family, dD/dμ = −2(y − μ)/V(μ), where D is the deviance of one observation and V the variance.
Each of these is a statement of its own, and all that an object has methods for are checked. Source: McCullagh and
Nelder, Generalized Linear Models, sections 2.2 and 2.3; the names of the methods are those of statsmodels and others.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derive.domain import parse_range
from derive.frontends import Asked, Numbers, Reading
from derive.frontends._names import Batch, Outputs, names_for
from derive.frontends._numbers import numbers_rows
from derive.frontends._rows import read_rows
from derive.frontends._signatures import arguments, object_of, role
from derive.terms.term import mul, sym
from derive.tracing.calling import Tried, quiet
from derive.tracing.unreadable import Unreadable

LIBRARY = "glm"
_LINK = ("link", "linkfun", "link_function", "__call__")
_DERIV = ("deriv", "link_deriv", "link_derivative", "derivative", "d_link")
_DERIV2 = ("deriv2", "link_deriv2", "d2_link")
_INVERSE = ("inverse", "linkinv", "inverse_link", "inv_link", "link_inverse", "ilink")
_INVERSE_DERIV = ("inverse_deriv", "inverse_derivative", "d_inv_link", "mu_eta", "inverse_link_deriv", "d_inverse_link")
_INVERSE_DERIV2 = ("inverse_deriv2", "d2_inv_link", "d2_inverse_link")
_DEVIANCE = ("_resid_dev", "unit_deviance", "deviance", "dev_resids")
_SLOPE = ("unit_deviance_derivative", "deviance_derivative")
_OF_LOSSES = ("gradient", "gradient_hessian", "negative_gradient", "grad_hess", "grad", "forward", "calc_ders_range")
_VARIANCE = ("variance", "unit_variance", "V")


@dataclass(frozen=True)
class Part:
    """One statement: its methods, the name of its variable and of the label, and how it is called."""

    methods: tuple[Any, ...]
    variable: str
    label: str
    call: Callable[[Batch], Outputs]
    titles: Mapping[str, str]
    claims_variable: bool = False  # is what it gives claimed to be its variable?

    @property
    def own(self) -> tuple[str, str, str]:
        """The names of prediction, label and weight."""
        return self.variable, self.label, "w"


def recognises(target: Any) -> bool:
    """A class or an object with methods for two sides of a statement, and none for the gradient of a loss."""
    if inspect.isroutine(target) or inspect.ismodule(target) or any(hasattr(target, n) for n in _OF_LOSSES):
        return False
    return bool(_parts(target))


def read(target: Any, asked: Asked) -> Reading:
    """The formulas of each statement; with a stated loss, of the one that has its variable."""
    parts = _parts(object_of(target))
    if asked.names:
        wanted = [n for n, p in parts.items() if n != "identity" and {p.variable, *asked.wrt} & asked.names]
        name = wanted[0] if wanted else next(iter(parts))
        return replace(_read(parts[name], asked), part=name)
    found: list[Reading] = []
    notes: list[str] = []
    for name, part in parts.items():
        try:
            found.append(replace(_read(part, _within_image(part, name, parts, asked)), part=name, titles=part.titles))
        except Unreadable as why:
            notes.append(f"{next(iter(part.titles.values()))}: {why}")
    if notes or not found:
        raise Unreadable("; ".join(notes))
    return replace(found[0], others=tuple(found[1:]))


def numbers(target: Any, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
    """The values of the real code, for the statement that is asked for."""
    part = _part(target, asked)
    said = replace(asked, wrt=(part.variable,))
    return numbers_rows(part.call, said, columns, names_for(said, part.own, None))


def labels(target: Any, asked: Asked) -> tuple[str, str, str]:
    """The names of prediction, label and weight in the columns."""
    part = _part(target, asked)
    names = names_for(replace(asked, wrt=(part.variable,)), part.own, None)
    return names.z, names.y, names.w


def _part(target: Any, asked: Asked) -> Part:
    parts = _parts(object_of(target))
    return parts[asked.part or next(iter(parts))]


def _read(part: Part, asked: Asked) -> Reading:
    found = read_rows(part.methods[0], replace(asked, wrt=(part.variable,)), part.call, part.own)
    if part.variable in asked.domain.ranges:
        found = replace(found, domain={**found.domain, part.variable: str(asked.domain.ranges[part.variable])})
    if not part.claims_variable:
        return found
    claim = mul(sym("u"), sym(part.variable))  # its derivative in u is what comes back from the link
    return replace(found, loss=claim, wrt=("u",), labels=("", part.variable, "w"))


def _within_image(part: Part, name: str, parts: Mapping[str, Part], asked: Asked) -> Asked:
    """The argument of a link lives where the values of its inverse are, if nothing else is said: in (0, 1), say."""
    inverse = parts["identity"].methods[1] if "identity" in parts else None
    if name not in ("link", "identity") or inverse is None or part.variable in asked.domain.ranges:
        return asked
    with Tried(), quiet():
        values = np.asarray(inverse(np.linspace(-8, 8, 41)), float)
        within = next((r for r in ("(0, 1)", "positive") if _is_within(values, r)), None)
        return (
            asked if within is None else replace(asked, domain=asked.domain.with_(part.variable, parse_range(within)))
        )
    return asked


def _is_within(values: Any, text: str) -> bool:
    return bool(np.all(values > 0) and (text == "positive" or np.all(values < 1)))


def _parts(x: Any) -> dict[str, Part]:
    """The statements for which there are methods."""
    link, inverse, deviance, variance = (_first(x, names) for names in (_LINK, _INVERSE, _DEVIANCE, _VARIANCE))
    found = {
        "link": _slope(link, _first(x, _DERIV), _first(x, _DERIV2)) if inverse else None,
        "inverse": _slope(inverse, _first(x, _INVERSE_DERIV), _first(x, _INVERSE_DERIV2)),
        "identity": _identity(link, inverse),
        "variance": _variance(deviance, variance),
        "deviance": _deviance(deviance, _first(x, _SLOPE)),
    }
    return {name: part for name, part in found.items() if part is not None}


def _first(x: Any, names: tuple[str, ...]) -> Any:
    return next((m for n in names if n in dir(x) and callable(m := getattr(x, n))), None)


def _slope(f: Any, first: Any, second: Any) -> Part | None:
    """A function of one variable, and its derivatives."""
    if f is None or first is None:
        return None
    v = _variable(f)
    methods = {"loss": f, "gradient": first, **({} if second is None else {"hessian": second})}
    titles = {"gradient": f"{_name(first)}, d/d{v}", "hessian": f"{_name(second)}, d2/d{v}2"}
    return Part((f, first), v, "y", lambda b: {side: m(b.z) for side, m in methods.items()}, titles)


def _identity(link: Any, inverse: Any) -> Part | None:
    if link is None or inverse is None:
        return None
    v = _variable(link)
    titles = {"gradient": f"{_name(inverse)} of the link of {v}"}
    return Part((link, inverse), v, "y", lambda b: {"gradient": inverse(link(b.z))}, titles, True)


def _variance(deviance: Any, variance: Any) -> Part | None:
    """−2(y − μ)/V(μ) as the derivative of the deviance."""
    if deviance is None or variance is None:
        return None
    y, mu = _both(deviance)

    def call(b: Batch) -> Outputs:
        return {"loss": _called(deviance, b), "gradient": -2 * (b.y - b.z) / variance(b.z)}

    return Part((deviance, variance), mu, y, call, {"gradient": f"-2*({y} - {mu})/{_name(variance)}({mu})"})


def _deviance(deviance: Any, slope: Any) -> Part | None:
    if deviance is None or slope is None:
        return None
    y, mu = _both(deviance)
    titles = {"gradient": f"{_name(slope)}, d/d{mu}"}
    call = lambda b: {"loss": _called(deviance, b), "gradient": _called(slope, b)}  # noqa: E731
    return Part((deviance, slope), mu, y, call, titles)


def _name(method: Any) -> str:
    """The name of a method, or of the class of an object that takes the place of one."""
    return getattr(method, "__name__", type(method).__name__)


def _variable(method: Any) -> str:
    """The name of the only argument."""
    return next((n for n in arguments(method) if n != "self"), "z")


def _both(method: Any) -> tuple[str, str]:
    """The names of the label and of the mean, in whatever order."""
    names = [*(n for n in arguments(method) if n != "self"), "y", "mu"][:2]
    return (names[1], names[0]) if _is_turned(names) else (names[0], names[1])


def _is_turned(names: list[str]) -> bool:
    return role(names[1]) == "label" and role(names[0]) != "label"


def _called(method: Any, b: Batch) -> Any:
    return method(b.z, b.y) if _is_turned([n for n in arguments(method) if n != "self"][:2]) else method(b.y, b.z)
