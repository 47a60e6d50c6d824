"""The command `derive show`: a derivation, printed."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from derive import catalog
from derive.cli import common
from derive.cli.common import CODES, EXIT, OUTPUT, complete_name, ready_for_pdf, write
from derive.cli.console import Manual

_FORMATS = click.Choice(["latex", "text", "markdown", "html", "pdf", "json"])


@click.command(
    cls=Manual,
    arguments={"NAME": "A loss or a theorem; `derive list` shows them."},
    short_help="Print a derivation, step by step.",
    epilog=f"""\b
Examples:
  derive show logistic > steps.tex                       to paste into a paper
  derive show logistic --standalone -o logistic.tex      a document of its own
  derive show linear-l2 --format text
  derive show logistic --format html -o logistic.html    a page for a browser
  derive show logistic --format pdf -o logistic.pdf      by a LaTeX of yours
{CODES}""",
)
@click.argument("name", shell_complete=complete_name)
@click.option("--format", "form", type=_FORMATS, default="latex", show_default=True, help="How to print it.")
@click.option("--standalone", is_flag=True, help="A whole LaTeX document, with the symbols in words.")
@click.option("-o", "--output", type=OUTPUT, metavar="FILE", help="Write there instead of to the terminal.")
@click.option("--no-pictures", is_flag=True, help="A page without them; they need matplotlib.")
@click.pass_context
def show(ctx: click.Context, name: str, form: str, standalone: bool, output: Path | None, no_pictures: bool) -> None:
    """Print the derivation of NAME: definitions, lemmas, gradient, Hessian, each line with its rule and verdict."""
    if standalone and form != "latex":
        raise click.UsageError(f"--standalone makes a LaTeX document, so it does not go with --format {form}")
    item = catalog.find(name)
    if form == "pdf":
        ready_for_pdf(output)
    certificate = common.certificate(item)
    options: dict[str, Any] = {"standalone": True} if standalone else {}
    if form == "html" and not no_pictures:
        options["pictures"] = common.pictures(lambda plot: plot.of_item(name), ())
    shown: str | bytes = import_module(f"derive.render.{form}").render(certificate, **options)
    write(shown, output)
    ctx.exit(EXIT[certificate.status])
