"""A fit for a terminal and in Markdown: coefficients, standard errors, and what was reached."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from derive.render.report import WIDTH, Paint, plain

if TYPE_CHECKING:
    from derive.fit.result import Fit

_COLOURS = {"converged": "green", "no finite minimum": "red"}


def text(fit: Fit, paint: Paint = plain) -> str:
    """The table of coefficients, the sums, and the status."""
    return "\n".join(_lines(fit, paint)) + "\n"


def _lines(fit: Fit, paint: Paint) -> Iterator[str]:
    yield f"{fit.loss}: {fit.rows:,} rows, {fit.method}"
    rows = list(_rows(fit))
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for name, *numbers in rows:
        cells = (number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True))
        yield f"  {name:<{widths[0]}}  {'  '.join(cells)}".rstrip()
    for name, value in _sums(fit):
        yield f"  {name:<{max(widths[0], 10)}}  {value}"
    said = wrap(fit.why if fit.status in fit.why else f"{fit.status}: {fit.why}", WIDTH, subsequent_indent="  ")
    yield said[0].replace(fit.status, paint(fit.status, _COLOURS.get(fit.status, "yellow")), 1)
    yield from said[1:]


def _rows(fit: Fit) -> Iterator[tuple[str, ...]]:
    errors = fit.standard_errors
    yield ("", "coefficient", "standard error") if errors is not None else ("", "coefficient")
    for k, name in enumerate(fit.names):
        number = f"{fit.coefficients[k]:.9g}"
        yield (name, number, f"{errors[k]:.6g}") if errors is not None else (name, number)


def _sums(fit: Fit) -> Iterator[tuple[str, str]]:
    yield "cost J", f"{fit.cost:.12g}"
    if fit.deviance is not None:
        yield "deviance", f"{fit.deviance:.12g}"
    if fit.dispersion is not None and fit.dispersion != 1:
        yield "dispersion", f"{fit.dispersion:.9g}"
    yield "gradient", f"{fit.gradient_norm:.2g}"
    yield from fit.parameters.items()
    if fit.penalty:
        yield "penalty", f"{fit.penalty:g}"


def markdown(fit: Fit) -> str:
    """The same as tables."""
    head, *rows = _rows(fit)
    lines = [f"**{fit.loss}**, {fit.rows:,} rows: {fit.why}", ""]
    lines += [f"| {' | '.join(head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    lines += ["", "| | |", "| --- | ---: |", *(f"| {name} | {value} |" for name, value in _sums(fit))]
    return "\n".join(lines) + "\n"
