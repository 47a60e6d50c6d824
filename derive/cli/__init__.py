"""The command line: parse, call, render, exit."""

from __future__ import annotations

import sys

import click

from derive.cli.check import check
from derive.cli.common import CODES
from derive.cli.console import PoliteGroup, crashed, prepare
from derive.cli.fit import fit
from derive.cli.list import list_
from derive.cli.matching_loss import matching_loss
from derive.cli.mutate import mutate
from derive.cli.prove import prove
from derive.cli.replay import replay
from derive.cli.show import show
from derive.cli.verify import verify
from derive.version import VERSION


@click.group(
    cls=PoliteGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog=f"""\b
Examples:
  derive list                          what there is
  derive show logistic --format text   the derivation, in a terminal
  derive verify --all                  prove every step of every derivation
  derive prove "sqrt(x**2)" "abs(x)"   prove or refute an equality
  derive check --loss "z**2" --gradient z --wrt z   what is wrong with this?
{CODES}""",
)
@click.version_option(VERSION, prog_name="derive")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Derive gradients and Hessians of losses step by step, and prove every step."""
    prepare(ctx)


def run() -> None:
    """The program `derive`."""
    sys.excepthook = crashed
    main()


for command in (check, fit, list_, matching_loss, mutate, prove, replay, show, verify):
    main.add_command(command)
