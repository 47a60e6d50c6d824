"""The command `derive replay`: a certificate, checked again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.cli.common import CODES, FILE, worst
from derive.cli.console import paint

if TYPE_CHECKING:
    pass


@click.command(
    short_help="Check a certificate file again, from its terms alone.",
    epilog=f"""\b
Examples:
  derive verify logistic --certificate logistic.json
  derive replay logistic.json
{CODES}""",
)
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.pass_context
def replay(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Check certificate FILEs again, from the terms in them alone: no loss, no rule and no author is asked."""
    from derive.render.report import render_replayed
    from derive.replay import replay as replay_file

    reports = [replay_file(path) for path in files]
    click.echo("".join(render_replayed(report.found, report.notes, paint) for report in reports), nl=False)
    ctx.exit(worst([report.status for report in reports]))
