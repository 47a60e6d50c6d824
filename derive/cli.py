"""The command line: parse, call, render, exit."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive import catalog
from derive.cli_check import check, ranges
from derive.console import PoliteGroup, TakesFormulas, crashed, paint, prepare, progress
from derive.errors import EXIT_OK, EXIT_REFUTED, EXIT_UNKNOWN
from derive.version import VERSION

if TYPE_CHECKING:
    from derive.certificate import Certificate
    from derive.loss import Loss

_EXIT = {"proved": EXIT_OK, "refuted": EXIT_REFUTED, "unknown": EXIT_UNKNOWN}
_CODES = """
\b
Exit codes: 0 proved, and the numbers agree   1 refuted
            3 something could not be decided  2 usage or bad input
"""
_FORMATS = click.Choice(["latex", "text", "markdown", "json"])
_FILE = click.Path(path_type=Path)


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
{_CODES}""",
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


@main.command("list")
def list_() -> None:
    """Show the losses that can be derived."""
    entries = catalog.entries()
    width = max(len(entry.name) for entry in entries)
    click.echo("\n".join(f"{entry.name:<{width}}  {entry.title}" for entry in entries))


@main.command(
    short_help="Print a derivation, step by step.",
    epilog=f"""\b
Examples:
  derive show logistic > steps.tex                       to paste into a paper
  derive show logistic --standalone -o logistic.tex      a document of its own
  derive show linear-l2 --format text
{_CODES}""",
)
@click.argument("name")
@click.option("--format", "form", type=_FORMATS, default="latex", show_default=True, help="How to print it.")
@click.option("--standalone", is_flag=True, help="A whole LaTeX document, with the symbols in words.")
@click.option("-o", "--output", type=_FILE, metavar="FILE", help="Write there instead of to the terminal.")
@click.pass_context
def show(ctx: click.Context, name: str, form: str, standalone: bool, output: Path | None) -> None:
    """Print the derivation of NAME: definitions, lemmas, gradient, Hessian, each line with its rule and verdict."""
    if standalone and form != "latex":
        raise click.UsageError(f"--standalone makes a LaTeX document, so it does not go with --format {form}")
    certificate = _certificate(catalog.load(name))
    options = {"standalone": True} if standalone else {}
    text: str = import_module(f"derive.render.{form}").render(certificate, **options)
    _write(text, output)
    ctx.exit(_EXIT[certificate.status])


@main.command(
    short_help="Prove every step, and compare with finite differences.",
    epilog=f"""\b
Examples:
  derive verify logistic
  derive verify --all --format json
  derive verify logistic --certificate logistic.json    for derive replay
  derive verify logistic --data study.csv --target ill  on your own numbers
{_CODES}""",
)
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option("--all", "everything", is_flag=True, help="Verify the whole catalog.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--certificate", "file", type=_FILE, metavar="FILE", help="Write the certificate (of one loss) there.")
@click.option("--data", type=_FILE, metavar="FILE.csv", help="Compare on these numbers too: a header, numeric columns.")
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
        certificates.append(_certificate(loss, table))
    progress("")
    if file is not None:
        from derive.certificate_json import dumps

        _write(dumps(certificates[0]), file)
    click.echo(_report(certificates, form), nl=False)
    ctx.exit(_worst([c.status for c in certificates]))


@main.command(
    short_help="Check a certificate file again, from its terms alone.",
    epilog=f"""\b
Examples:
  derive verify logistic --certificate logistic.json
  derive replay logistic.json
{_CODES}""",
)
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.pass_context
def replay(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Check certificate FILEs again, from the terms in them alone: no loss, no rule and no author is asked."""
    from derive.render.report import render_replayed
    from derive.replay import replay as replay_file

    reports = [replay_file(path) for path in files]
    click.echo("".join(render_replayed(report.found, report.notes, paint) for report in reports), nl=False)
    ctx.exit(_worst([report.status for report in reports]))


@main.command(
    cls=TakesFormulas,
    short_help="Prove or refute that two formulas are equal.",
    epilog=f"""\b
Examples:
  derive prove "1/(1 + exp(-z))" "exp(z)/(1 + exp(z))"
  derive prove "sqrt(x**2)" "x" --domain x=nonnegative
  derive prove "y**2" "y" --domain "y={{0, 1}}"
{_CODES}""",
)
@click.argument("left")
@click.argument("right")
@click.option("--domain", "domains", multiple=True, metavar="NAME=RANGE", help="Such as x=positive or 'y=[0, 1]'.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=20.0, show_default=True, help="In seconds.")
@click.pass_context
def prove(ctx: click.Context, left: str, right: str, domains: tuple[str, ...], form: str, timeout: float) -> None:
    """Prove or refute that the formulas LEFT and RIGHT are equal wherever both are defined.

    A variable is real unless --domain says more. The formulas are read, never run, and decided in a process of their
    own with limited memory.
    """
    from derive.certificate_json import encode
    from derive.domain import Domain
    from derive.render.report import render_verdict
    from derive.terms.text import parse_formula
    from derive.worker import decide

    domain = Domain.of(ranges(domains))
    verdict = decide(
        parse_formula(left.strip()), parse_formula(right.strip()), domain, budget=timeout / 2, timeout=timeout
    )
    click.echo(_to_json(encode(verdict)) if form == "json" else render_verdict(verdict, paint), nl=False)
    ctx.exit(_EXIT[verdict.status])


main.add_command(check)


def _chosen(names: tuple[str, ...], everything: bool, file: Path | None) -> list[Loss]:
    if everything == bool(names):
        raise click.UsageError("name one or more losses, or say --all; `derive list` shows them")
    if file is not None and len(names) != 1:
        raise click.UsageError("--certificate writes the certificate of one loss; name one")
    return [catalog.load(name) for name in (catalog.names() if everything else dict.fromkeys(names))]


def _table(data: Path | None, target: str | None) -> Any:
    if data is None and target is None:
        return None
    if data is None or target is None:
        raise click.UsageError("--data and --target go together: a CSV file, and the column that is predicted")
    from derive.data import read_csv

    return read_csv(data, target)


def _certificate(loss: Loss, data: Any = None) -> Certificate:
    from derive.verify import verify as verify_loss

    return verify_loss(loss, data=data)


def _report(certificates: list[Certificate], form: str) -> str:
    from derive.certificate_json import encode
    from derive.render import report

    if form == "json":
        statuses = {c.name: c.status for c in certificates}
        return _to_json({"losses": statuses, "certificates": [encode(c) for c in certificates]})
    return "\n".join(report.render(c, paint) for c in certificates)


def _to_json(value: Any) -> str:
    import json

    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _write(text: str, output: Path | None) -> None:
    if output is None or str(output) == "-":
        click.echo(text, nl=False)
        return
    from derive.files import write_text

    write_text(output, text)


def _worst(statuses: list[str]) -> int:
    """Refuted, else unknown, else proved; nothing at all is not proved."""
    found = next((s for s in ("refuted", "unknown", "proved") if s in statuses), "unknown")
    return _EXIT[found]
