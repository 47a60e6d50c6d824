"""The command `derive verify`: a derivation, proved and compared with finite differences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive import catalog
from derive.cli import common
from derive.cli.common import CODES, FILE, to_json, worst, write
from derive.cli.console import paint, progress

if TYPE_CHECKING:
    from derive.certificate import Certificate
    from derive.loss import Loss
    from derive.theorem import Theorem


@click.command(
    short_help="Prove every step, and compare with finite differences.",
    epilog=f"""\b
Examples:
  derive verify logistic
  derive verify --all --format json
  derive verify logistic --certificate logistic.json    for derive replay
  derive verify logistic --data study.csv --target ill  on your own numbers
{CODES}""",
)
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option("--all", "everything", is_flag=True, help="Verify the whole catalog.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--certificate", "file", type=FILE, metavar="FILE", help="Write the certificate (of one loss) there.")
@click.option("--data", type=FILE, metavar="FILE.csv", help="Compare on these numbers too: a header, numeric columns.")
@click.option("--target", metavar="COLUMN", help="The column of --data that is predicted.")
@click.pass_context
def verify(
    ctx: click.Context,
    names: tuple[str, ...],
    everything: bool,
    form: str,
    file: Path | None,
    data: Path | None,
    target: str | None,
) -> None:
    """Prove every step of the derivations of NAME..., and compare the result with finite differences."""
    losses = _chosen(names, everything, file)
    table = _table(data, target)
    certificates = []
    for number, loss in enumerate(losses, 1):
        progress(f"{number}/{len(losses)} {loss.name}" if everything else "")
        certificates.append(common.certificate(loss, table))
    progress("")
    if file is not None:
        from derive.certificate_json import dumps

        write(dumps(certificates[0]), file)
    click.echo(_report(certificates, form), nl=False)
    ctx.exit(worst([c.status for c in certificates]))


def _chosen(names: tuple[str, ...], everything: bool, file: Path | None) -> list[Loss | Theorem]:
    if everything == bool(names):
        raise click.UsageError("name one or more losses, or say --all; `derive list` shows them")
    if file is not None and len(names) != 1:
        raise click.UsageError("--certificate writes the certificate of one loss; name one")
    every = (*catalog.names(), *catalog.theorem_names())
    return [catalog.find(name) for name in (every if everything else dict.fromkeys(names))]


def _table(data: Path | None, target: str | None) -> Any:
    if data is None and target is None:
        return None
    if data is None or target is None:
        raise click.UsageError("--data and --target go together: a CSV file, and the column that is predicted")
    from derive.data import read_csv

    return read_csv(data, target)


def _report(certificates: list[Certificate], form: str) -> str:
    from derive.certificate_json import encode
    from derive.render import report

    if form == "json":
        statuses = {c.name: c.status for c in certificates}
        return to_json({"losses": statuses, "certificates": [encode(c) for c in certificates]})
    return "\n".join(report.render(c, paint) for c in certificates)
