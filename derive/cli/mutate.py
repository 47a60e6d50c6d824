"""The command `derive mutate`: do your tests catch the mistakes that are made by hand?"""

from __future__ import annotations

from pathlib import Path

import click

from derive.cli.common import OUTPUT, Number, to_json, write
from derive.cli.console import Manual, paint, progress
from derive.errors import EXIT_OK, EXIT_REFUTED

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command(
    cls=Manual,
    arguments={
        "FILE.py::NAME": "The function that gets the mistakes, or Class.method.",
        "COMMAND...": "What runs your tests; its exit code says whether it noticed.",
    },
    short_help="Do your tests catch the mistakes that are made by hand?",
    epilog="""\b
Examples:
  derive mutate objectives.py::focal_loss -- pytest -x -q tests/
  derive mutate losses.py::Focal.backward --jobs 4 -- python check.py
  derive mutate objectives.py::huber --only sign --only branch -- pytest -x
  derive mutate objectives.py::huber --list
\b
The kinds: sign, factor, term, chain, p(1-p), power, weight, upstream, branch,
tail, label, index, swap.
\b
Exit codes: 0 all mutants were caught  1 some survived
            2 usage or bad input, or the command fails without a mistake
""",
)
@click.argument("target", metavar="FILE.py::NAME")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND...")
@click.option("--jobs", type=click.IntRange(1, 512), metavar="N", help="Commands at once. [default: one a core]")
@click.option("--timeout", type=Number(0.1), metavar="SECONDS", help="For each run. [default: 10 times as long]")
@click.option("--project", type=_FOLDER, metavar="FOLDER", help="What is copied. [default: the project of FILE]")
@click.option("--only", multiple=True, metavar="KIND", help="Only mistakes of this kind; may be repeated.")
@click.option("--list", "listed", is_flag=True, help="Show the mutants, and run nothing.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it."
)
@click.option("--output", type=OUTPUT, metavar="FILE", help="Write the answer there.")
@click.pass_context
def mutate(
    ctx: click.Context,
    target: str,
    command: tuple[str, ...],
    jobs: int | None,
    timeout: float | None,
    project: Path | None,
    only: tuple[str, ...],
    listed: bool,
    form: str,
    output: Path | None,
) -> None:
    """Seed the standard mistakes of hand-written objectives in a function, one at a time, and run COMMAND on each.

    COMMAND runs in a temporary copy of the project; your files stay as they are. A mutant that makes it fail is caught.
    Survivors are shown as diffs: each is a mistake that your tests would not notice.
    """
    from derive.mutate import mutate as run
    from derive.mutate import table

    _check_kinds(only)
    if listed:
        click.echo(_list(target, only), nl=False)
        return
    try:
        score = run(target, command, jobs=jobs, timeout=timeout, project=project, only=only, progress=progress)
    finally:
        progress("")
    write(table.text(score, paint) if form == "text" else to_json(table.to_json(score)), output)
    ctx.exit(EXIT_OK if score.ok else EXIT_REFUTED)


def _check_kinds(only: tuple[str, ...]) -> None:
    from derive.mutate import KINDS

    for kind in only:
        if kind not in KINDS:
            raise click.BadParameter(f"{kind!r} is not one of {', '.join(KINDS)}", param_hint="--only")


def _list(target: str, only: tuple[str, ...]) -> str:
    from derive.mutate.mutants import mutants
    from derive.mutate.source import Source, split

    found = mutants(Source(*split(target)), target, only)
    return "".join(f"{m.number:>4}  line {m.line:<4} {m.kind:<8} {m.says}\n" for m in found)
