"""The command `derive fit`: a model, fitted with the derived gradient and Hessian."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from derive import catalog
from derive.cli.common import FILE
from derive.cli.console import paint, progress
from derive.errors import EXIT_OK, EXIT_REFUTED, EXIT_UNKNOWN, DataError

_EXIT = {"converged": EXIT_OK, "no finite minimum": EXIT_REFUTED}


@click.command(
    short_help="Fit a model with the derived gradient and Hessian.",
    epilog="""\b
Examples:
  derive fit logistic study.csv --target ill
  derive fit poisson visits.csv --target visits --method gradient-descent
  derive fit huber loss.csv --target loss --parameter delta=2 --save fit.json
\b
Exit codes: 0 converged   1 there is no finite minimum
            3 not converged, or interrupted   2 usage or bad input
""",
)
@click.argument("name")
@click.argument("data", type=FILE, metavar="DATA.csv")
@click.option("--target", required=True, metavar="COLUMN", help="The column that is predicted.")
@click.option("--method", type=click.Choice(["newton", "gradient-descent"]), default="newton", show_default=True)
@click.option("--no-bias", is_flag=True, help="Without a column of ones.")
@click.option("--penalty", type=click.FloatRange(0), default=0.0, show_default=True, help="λ, for a loss with one.")
@click.option("--parameter", "parameters", multiple=True, metavar="NAME=NUMBER", help="A parameter of the loss.")
@click.option("--steps", type=click.IntRange(1), help="How many steps at most.")
@click.option("--tolerance", type=click.FloatRange(0, min_open=True), default=1e-10, show_default=True)
@click.option("--save", type=FILE, metavar="FILE.json", help="Write the fit there.")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "latex", "json"]), default="text", show_default=True
)
@click.pass_context
def fit(ctx: click.Context, /, name: str, data: Path, target: str, save: Path | None, form: str, **said: Any) -> None:
    """Fit the loss NAME to DATA.csv: every column but the target is a feature, and a bias is added.

    With coefficients, standard errors and deviance. Ctrl-C keeps the best so far.
    """
    from derive.data import check_target, read_csv
    from derive.fit import fit as fit_model
    from derive.render import fit as render

    loss = catalog.load(name)
    table = read_csv(data, target)
    check_target(table, loss)
    first = 1 if said.pop("no_bias") else 0
    numbers = {key: _number(key, value) for key, value in map(_pair, said.pop("parameters"))}
    options: dict[str, Any] = {**said, **numbers, "names": table.names[first:], "progress": progress}
    found = fit_model(loss, table.X[:, first:], table.y, **options)
    if save is not None:
        found.save(save)
    shown = {
        "text": lambda: render.text(found, paint),
        "markdown": lambda: render.markdown(found),
        "latex": found.latex,
        "json": found.to_json,
    }
    click.echo(shown[form](), nl=False)
    ctx.exit(_EXIT.get(found.status, EXIT_UNKNOWN))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise DataError(f"cannot read --parameter {text[:60]!r}; write a name and a number, such as delta=1.5")
    return name.strip(), value.strip()


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise DataError(f"--parameter {name}: {value[:60]!r} is not a number") from None
