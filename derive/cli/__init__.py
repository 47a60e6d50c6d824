"""The command line: parse, call, render, exit."""

from __future__ import annotations

import sys

import click

from derive.cli.common import CODES
from derive.cli.console import PoliteGroup, crashed, prepare
from derive.version import VERSION

#: command -> where it is: it is imported when it is called, so that each command pays for itself only
_COMMANDS = {
    "check": "derive.cli.check:check",
    "completion": "derive.cli.completion:completion",
    "fit": "derive.cli.fit:fit",
    "list": "derive.cli.list:list_",
    "matching-loss": "derive.cli.matching_loss:matching_loss",
    "mutate": "derive.cli.mutate:mutate",
    "plot": "derive.cli.plot:plot",
    "prove": "derive.cli.prove:prove",
    "replay": "derive.cli.replay:replay",
    "show": "derive.cli.show:show",
    "verify": "derive.cli.verify:verify",
}


@click.group(
    cls=PoliteGroup,
    homes=_COMMANDS,
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
