"""The command `derive fit`: a model, fitted with the derived gradient and Hessian."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive import catalog
from derive.cli.common import FILE, OUTPUT, QUIET, Number, complete_loss
from derive.cli.console import Manual, paint, progress
from derive.errors import EXIT_OK, EXIT_REFUTED, EXIT_UNKNOWN, DataError

if TYPE_CHECKING:
    from derive.data import Data
    from derive.fit import Fit

_EXIT = {"converged": EXIT_OK, "no finite minimum": EXIT_REFUTED}


@click.command(
    cls=Manual,
    arguments={
        "NAME": "A loss with one raw prediction; `derive list` shows them.",
        "DATA.csv": "A header and numeric columns, separated by commas.",
    },
    short_help="Fit a model with the derived gradient and Hessian.",
    epilog="""\b
Examples:
  derive fit logistic study.csv --target ill
  derive fit poisson visits.csv --target visits --method gradient-descent
  derive fit huber loss.csv --target loss --parameter delta=2 --save fit.json
  derive fit logistic counts.csv --target ill --weights people
\b
Exit codes: 0 converged   1 there is no finite minimum
            3 not converged, or interrupted   2 usage or bad input
""",
)
@click.argument("name", shell_complete=complete_loss)
@click.argument("data", type=FILE, metavar="DATA.csv")
@click.option("--target", required=True, metavar="COLUMN", help="The column that is predicted.")
@click.option("--weights", metavar="COLUMN", help="A column that says how often each row counts.")
@click.option(
    "--method",
    type=click.Choice(["newton", "gradient-descent"]),
    default="newton",
    show_default=True,
    help="Of the search.",
)
@click.option("--no-bias", is_flag=True, help="Without a column of ones.")
@click.option(
    "--penalty", type=Number(0), metavar="NUMBER", default=0.0, show_default=True, help="λ, for a loss with one."
)
@click.option("--parameter", "parameters", multiple=True, metavar="NAME=NUMBER", help="A parameter of the loss.")
@click.option("--steps", type=click.IntRange(1), metavar="N", help="How many steps at most.")
@click.option(
    "--tolerance",
    type=Number(0, min_open=True),
    metavar="NUMBER",
    default=1e-10,
    show_default=True,
    help="Of the gradient, beside what is added up in it.",
)
@click.option("--save", type=OUTPUT, metavar="FILE.json", help="Write the fit there.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "latex", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
@QUIET
@click.option("-v", "--verbose", is_flag=True, help="Each step of the search, and how long it took.")
@click.pass_context
def fit(ctx: click.Context, /, name: str, data: Path, target: str, save: Path | None, form: str, **said: Any) -> None:
    """Fit the loss NAME to DATA.csv: every column but the target is a feature, and a bias is added.

    With coefficients, standard errors and deviance. Ctrl-C keeps the best so far.
    """
    quiet, verbose, begin = said.pop("quiet"), said.pop("verbose"), time.monotonic()
    found = _fitted(name, data, target, _log if verbose else progress, said)
    if verbose:
        _log(f"{found.status} after {time.monotonic() - begin:.2f} s, {found.steps} steps")
    if save is not None:
        found.save(save)
    if not quiet or not found.ok:
        click.echo(_shown(found, form), nl=False)
    ctx.exit(_EXIT.get(found.status, EXIT_UNKNOWN))


def _fitted(name: str, data: Path, target: str, told: Callable[[str], None], said: dict[str, Any]) -> Fit:
    from derive.data import check_target, read_csv
    from derive.fit import fit as fit_model

    loss = catalog.load(name)
    table = read_csv(data, target)
    check_target(table, loss)
    wanted, weight = _features(table, said.pop("no_bias"), said.pop("weights"), target)
    numbers = {key: _number(key, value) for key, value in map(_pair, said.pop("parameters"))}
    names = tuple(table.names[k] for k in wanted)
    options: dict[str, Any] = {**said, **numbers, "names": names, "progress": told, "sample_weight": weight}
    return fit_model(loss, table.X[:, wanted], table.y, **options)


def _features(table: Data, no_bias: bool, weights: str | None, target: str) -> tuple[list[int], Any]:
    """The columns of X that are features, and the weights of the rows."""
    wanted = list(range(1 if no_bias else 0, len(table.names)))
    if weights is None:
        return wanted, None
    if weights == target or weights not in table.names[1:]:
        others = ", ".join(table.names[1:21])
        raise DataError(f"--weights {weights[:60]!r} is no column beside the target; there are {others}")
    column = table.names.index(weights, 1)
    return [k for k in wanted if k != column], table.X[:, column]


def _log(text: str) -> None:
    if text:
        click.echo(text, err=True)


def _shown(found: Fit, form: str) -> str:
    from derive.render import fit as render

    shown = {
        "text": lambda: render.text(found, paint),
        "markdown": lambda: render.markdown(found),
        "latex": found.latex,
        "json": found.to_json,
    }
    return shown[form]()


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise DataError(f"cannot read --parameter {text[:60]!r}; write a name and a number, such as delta=1.5")
    return name.strip(), value.strip()


def _number(name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise DataError(f"--parameter {name}: {value[:60]!r} is not a number, or too large for one")
    return number
