"""The command `derive replay`: a certificate, checked again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.cli.common import CODES, FILE, QUIET, Number, worst
from derive.cli.console import Manual, paint
from derive.errors import CertificateError

if TYPE_CHECKING:
    from derive.certificate import Unknown
    from derive.replay import Replayed


@click.command(
    cls=Manual,
    arguments={"FILE...": "Certificates, as `derive verify --certificate` writes them."},
    short_help="Check a certificate file again, from its terms alone.",
    epilog=f"""\b
Examples:
  derive verify logistic --certificate logistic.json
  derive replay logistic.json
{CODES}""",
)
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option(
    "--timeout", type=Number(0.1, 3600), default=60.0, show_default=True, metavar="SECONDS", help="For each file."
)
@QUIET
@click.pass_context
def replay(ctx: click.Context, files: tuple[Path, ...], timeout: float, quiet: bool) -> None:
    """Check certificate FILEs again, from the terms in them alone: no loss, no rule and no author is asked.

    What was proved is printed in full. Each file is read in a process of its own, with limited time and memory.
    """
    from derive.certificate import Unknown
    from derive.render.replayed import render

    statuses = []
    for path in files:
        report = _replayed(path, timeout)
        if isinstance(report, Unknown):
            click.echo(f"{path}: {paint('unknown', 'yellow')}; {report.reason}")
        elif not quiet or report.status != "proved":
            click.echo(render(report.found, report.notes, paint), nl=False)
        statuses.append(report.status)
    ctx.exit(worst(statuses))


def _replayed(path: Path, timeout: float) -> Replayed | Unknown:
    """What a file says when it is checked again; what cannot be read is an error with its name."""
    from derive.worker import replay as replay_file

    try:
        return replay_file(path, timeout=timeout)
    except CertificateError as error:
        said = str(error)
        raise CertificateError(said if str(path) in said else f"{path}: {said}") from None
