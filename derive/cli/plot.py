"""The command `derive plot`: pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from derive.cli.common import OUTPUT, complete_loss, ranges
from derive.cli.console import Manual

_CLAIM = "claim"
_PICTURES = ("split-cost", "squared-error", "surface", "contours", "path", _CLAIM)


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
    """For a shell: pictures, then losses."""
    from click.shell_completion import CompletionItem

    pictures = [CompletionItem(name) for name in _PICTURES if name.startswith(incomplete)]
    return [*pictures, *complete_loss(ctx, param, incomplete)]


@click.command(
    cls=Manual,
    arguments={"NAME": "split-cost, squared-error, surface, contours, path, claim, or a loss of `derive list`."},
    short_help="Draw a loss, a cost, a search or a claim.",
    epilog="""\b
Examples:
  derive plot split-cost -o split.svg       -ln h and -ln(1 - h)
  derive plot squared-error -o curves.png   log loss beside squared error
  derive plot surface -o two-minima.png     their costs, as surfaces
  derive plot contours -o contours.pdf      the same, as contours
  derive plot path -o path.png              gradient descent and Newton
  derive plot huber -o huber.svg            a loss and its derivatives
  derive plot claim --loss "log(1 + exp(z)) - y*z" --gradient "y - sigmoid(z)"
    --wrt z --domain "y={0, 1}" -o claim.png
\b
Needs matplotlib: pip install 'derive[plot]'
Exit codes: 0 written   2 usage or bad input
""",
)
@click.argument("name", shell_complete=_complete)
@click.option("-o", "--output", type=OUTPUT, required=True, metavar="FILE", help="A .png, .svg or .pdf file.")
@click.option("--loss", metavar="FORMULA", help="Of a claim: the loss.")
@click.option("--gradient", metavar="FORMULA", help="Of a claim: its gradient.")
@click.option("--hessian", metavar="FORMULA", help="Of a claim: its Hessian.")
@click.option("--wrt", metavar="NAME", help="Of a claim: the variable of the derivatives.")
@click.option("--domain", multiple=True, metavar="NAME=RANGE", help="Of a claim: such as 'y=[0, 1]'.")
def plot(name: str, output: Path, domain: tuple[str, ...], **said: Any) -> None:
    """Draw the picture NAME: split-cost, squared-error, surface, contours, path, claim, or a loss of the catalog.

    In colours that the colour-blind can tell apart, and in line styles that tell the same in grey.
    """
    from derive import plot as pictures

    if name != _CLAIM:
        if domain or any(said.values()):
            raise click.UsageError("formulas are for `derive plot claim`")
        pictures.written(name, output)
        return
    from derive.check import check

    pictures.save(pictures.claim(check(**said, domain=ranges(domain))), output)
