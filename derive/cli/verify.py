"""The command `derive verify`: a derivation, proved and compared with finite differences."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive import catalog
from derive.cli import common
from derive.cli.common import CODES, FILE, FOLDER, OUTPUT, QUIET, complete_name, to_json, worst, write
from derive.cli.console import Manual, paint, progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derive.certificate import Certificate
    from derive.data import Data
    from derive.suite.cache import Cache

_REPLAYED = "replayed from the cache: every proof was checked again, the numbers are as recorded"


@click.command(
    cls=Manual,
    arguments={"NAME...": "Losses and theorems; `derive list` shows them."},
    short_help="Prove every step, and compare with finite differences.",
    epilog=f"""\b
Examples:
  derive verify logistic
  derive verify --all --format json
  derive verify logistic --certificate logistic.json    for derive replay
  derive verify logistic --data study.csv --target ill  on your own numbers
  derive verify logistic --data visits/ --target ill    in blocks if large
{CODES}""",
)
@click.argument("names", nargs=-1, metavar="NAME...", shell_complete=complete_name)
@click.option("--all", "everything", is_flag=True, help="Verify the whole catalog.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it."
)
@click.option("--certificate", "file", type=OUTPUT, metavar="FILE", help="Write the certificate (of one loss) there.")
@click.option(
    "--data",
    type=FILE,
    metavar="FILE.csv",
    help="Compare on these numbers too: a header, numeric columns; or a folder of such files.",
)
@click.option("--target", metavar="COLUMN", help="The column of --data that is predicted.")
@click.option(
    "--memory",
    type=click.IntRange(1),
    metavar="MIB",
    help="What the numbers of --data may take: more is read in blocks.  [default: 256]",
)
@click.option("--cache-dir", type=FOLDER, metavar="FOLDER", help="The cache of proofs.  [env: DERIVE_CACHE]")
@click.option("--no-cache", is_flag=True, help="Prove everything anew.")
@QUIET
@click.option("-v", "--verbose", is_flag=True, help="How each step was proved, times, and what the cache did.")
@click.pass_context
def verify(
    ctx: click.Context,
    names: tuple[str, ...],
    everything: bool,
    form: str,
    file: Path | None,
    data: Path | None,
    target: str | None,
    memory: int | None,
    cache_dir: Path | None,
    no_cache: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Prove every step of the derivations of NAME..., and compare the result with finite differences.

    A loss that was verified before is replayed from the cache: its proofs are checked again, not trusted.
    """
    chosen = _chosen(names, everything, file)
    table = _table(data, target, memory)
    store = None if no_cache or table is not None else common.cache_in(cache_dir)
    found = []
    for number, name in enumerate(chosen, 1):
        progress(f"{number}/{len(chosen)} {name}" if everything else "")
        found.append(_timed(name, table, store))
    progress("")
    if verbose:
        click.echo("".join(map(_took, found)), err=True, nl=False)
    certificates = [f.certificate for f in found]
    if file is not None:
        from derive.certificate_json import dumps

        write(dumps(certificates[0]), file)
    shown = [f for f in found if not quiet or f.certificate.status != "proved"]
    if shown or form == "json":
        click.echo(_report(shown, form, verbose=verbose), nl=False)
    ctx.exit(worst([c.status for c in certificates]))


def _chosen(names: tuple[str, ...], everything: bool, file: Path | None) -> list[str]:
    if everything and names:
        raise click.UsageError("--all is every loss: name none, or say --all alone")
    if not everything and not names:
        raise click.UsageError("name one or more losses, or say --all; `derive list` shows them")
    if file is not None and len(names) != 1:
        raise click.UsageError("--certificate writes the certificate of one loss; name one")
    every = (*catalog.names(), *catalog.joint_names(), *catalog.theorem_names())
    for name in names:
        if name not in every:
            catalog.find(name)  # an error that suggests the near one
    return list(every if everything else dict.fromkeys(names))


def _table(data: Path | None, target: str | None, memory: int | None) -> Any:
    if data is None and target is None:
        if memory is not None:
            raise click.UsageError("--memory is for the numbers of --data, and there are none")
        return None
    if data is None or target is None:
        raise click.UsageError("--data and --target go together: a CSV file, and the column that is predicted")
    from derive.large import MIB, Blocks, open_csv

    found = open_csv(data, target, None if memory is None else memory * MIB)
    return Blocks(lambda: _shown(found.read()), found.title) if isinstance(found, Blocks) else found


def _shown(blocks: Iterator[Data]) -> Iterator[Data]:
    """The same blocks, with progress on a terminal."""
    rows = 0
    for block in blocks:
        rows += len(block.y)
        progress(f"{rows:,} rows")
        yield block
    progress("")


@dataclass(frozen=True)
class _Verified:
    """What is known of one loss, whether that comes from the cache, and what there is to say about the cache."""

    certificate: Certificate
    replayed: bool = False
    cached: str = ""
    seconds: float = 0.0


def _verified(name: str, table: Any, store: Cache | None) -> _Verified:
    if store is None:
        return _Verified(common.certificate(catalog.find(name), table))
    from derive.suite.verified import from_cache, into_cache

    again, why = from_cache(name, store)
    if again is not None:
        return _Verified(again, True)
    certificate = common.certificate(catalog.find(name), table)
    return _Verified(certificate, False, into_cache(name, certificate, store) or why)


def _timed(name: str, table: Any, store: Cache | None) -> _Verified:
    begin = time.monotonic()
    found = _verified(name, table, store)
    return replace(found, seconds=time.monotonic() - begin)


def _took(found: _Verified) -> str:
    """For `--verbose`: how long it took, and what the cache had to do with it."""
    how = found.cached or ("replayed from the cache" if found.replayed else "proved anew")
    return f"{found.certificate.name}: {found.seconds:.2f} s, {how}\n"


def _report(found: list[_Verified], form: str, *, verbose: bool) -> str:
    if form == "json":
        from derive.certificate_json import encode

        statuses = {f.certificate.name: f.certificate.status for f in found}
        replayed = [f.certificate.name for f in found if f.replayed]
        certificates = [encode(f.certificate) for f in found]
        return to_json({"losses": statuses, "replayed": replayed, "certificates": certificates})
    return "\n".join(_text(f, verbose=verbose) for f in found)


def _text(found: _Verified, *, verbose: bool) -> str:
    from derive.render import report

    shown = report.render(found.certificate, paint, verbose=verbose)
    return f"{shown}{_REPLAYED}\n" if found.replayed else shown
