"""What the commands share: exit codes, files, JSON, names and ranges as they are written on a command line."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from derive.errors import (
    EXIT_OK,
    EXIT_REFUTED,
    EXIT_UNKNOWN,
    DeriveError,
    DomainError,
    FileError,
    FormulaError,
    MissingExtraError,
)

if TYPE_CHECKING:
    from derive.certificate import Certificate
    from derive.joint_loss import JointLoss
    from derive.loss import Loss
    from derive.suite.cache import Cache
    from derive.theorem import Theorem

_T = TypeVar("_T")
EXIT = {"proved": EXIT_OK, "refuted": EXIT_REFUTED, "unknown": EXIT_UNKNOWN}
CODES = """
\b
Exit codes: 0 proved, and the numbers agree   1 refuted
            3 something could not be decided  2 usage or bad input
"""
FILE = click.Path(path_type=Path)
QUIET = click.option("-q", "--quiet", is_flag=True, help="Print only what fails; the exit code says the rest.")
FOLDER = click.Path(path_type=Path, file_okay=False)


class Number(click.FloatRange):
    """A number in a range: NaN is in none, though no comparison with it says so."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; a usage error for anything else."""
        found = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"{value} is not a number", param, ctx)
        return found


class Output(click.Path):
    """A file to be written, or `-` for the terminal: whether it can be is asked before any work is done."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Its path; a `FileError` where nothing can be written."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if str(value) != "-":
            check_folder(path)
        return path


OUTPUT = Output()


def complete_loss(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
    """For a shell: the losses whose names begin like this."""
    return _completed(incomplete, ())


def complete_name(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
    """For a shell: the losses and the theorems whose names begin like this."""
    from derive import catalog

    more = {*catalog.joint_names(), *catalog.theorem_names()}
    entries = (*catalog.entries(catalog.JOINT), *catalog.entries(catalog.THEOREMS))
    return _completed(incomplete, [e for e in entries if e.name in more])


def _completed(incomplete: str, more: Sequence[Any]) -> list[Any]:
    from click.shell_completion import CompletionItem

    from derive import catalog

    entries = sorted((*catalog.entries(), *more), key=lambda entry: entry.name)
    return [CompletionItem(e.name, help=e.title) for e in entries if e.name.startswith(incomplete)]


def to_json(value: Any) -> str:
    """JSON for people and programs."""
    import json

    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def write(shown: str | bytes, output: Path | None) -> None:
    """To a file, whole or not at all; or to the terminal."""
    if output is None or str(output) == "-":
        click.echo(shown, nl=False)
        return
    from derive.files import write_bytes

    write_bytes(output, shown.encode("utf-8") if isinstance(shown, str) else shown)


def check_folder(output: Path) -> None:
    """Before any work is done: can the file be written at all?"""
    folder = output.absolute().parent
    if output.exists() and not output.is_file() and not output.is_dir():
        return  # a device or a pipe
    if not folder.is_dir():
        raise FileError(f"cannot write {output}: there is no folder {folder}")
    if output.is_dir():
        raise FileError(f"cannot write {output}: it is a folder; name a file")
    if not os.access(folder, os.W_OK):
        raise FileError(f"cannot write {output}: nothing may be written in {folder}")


def ready_for_pdf(output: Path | None) -> None:
    """Before any work is done: is there an engine, and somewhere to write to that is not a terminal?"""
    from derive.render import pdf

    if (output is None or str(output) == "-") and _on_a_terminal():
        raise click.UsageError("a PDF is not for a terminal: write -o FILE, such as -o derivation.pdf")
    pdf.engine()


def pictures(drawn: Callable[[Any], _T], otherwise: _T) -> _T:
    """What `derive.plot` draws for a page; where there is no matplotlib something else, and a word on stderr."""
    from derive import plot

    try:
        return drawn(plot)
    except MissingExtraError as error:
        click.echo(f"note: the page has no pictures; {error}", err=True)
        return otherwise


def _on_a_terminal() -> bool:
    import sys

    return sys.stdout.isatty()


def worst(statuses: Sequence[str]) -> int:
    """Refuted, else unknown, else proved; nothing at all is not proved."""
    found = next((s for s in ("refuted", "unknown", "proved") if s in statuses), "unknown")
    return EXIT[found]


def formulas(said: tuple[str, ...]) -> dict[str, str]:
    """Names and formulas from texts such as `p=sigmoid(z)`."""
    out: dict[str, str] = {}
    for text in said:
        name, equals, formula = (part.strip() for part in text.partition("="))
        if not equals or not name.isidentifier():
            raise FormulaError(f"cannot read --where {text[:80]!r}; write a name and a formula, such as p=sigmoid(z)")
        if name in out:
            raise FormulaError(f"two formulas for {name}: write --where once for each name")
        out[name] = formula
    return out


def ranges(said: tuple[str, ...]) -> dict[str, str]:
    """Names and ranges from texts such as `y=[0, 1]` or `y1, y2=one-hot`."""
    out: dict[str, str] = {}
    for text in said:
        names, equals, described = (part.strip() for part in text.partition("="))
        if not equals or not all(name.strip().isidentifier() for name in names.split(",")):
            raise DomainError(f"cannot read --domain {text!r}; write a name and a range, such as --domain x=positive")
        if names in out:
            raise DomainError(f"two domains for {names}: write one, such as --domain '{names}=positive integer'")
        out[names] = described
    return out


def cache_in(folder: Path | None) -> Cache | None:
    """The cache in a folder, or where the environment says; None where it says `off`."""
    from derive.suite.cache import Cache, default_folder

    where = folder or default_folder()
    return Cache(where) if where is not None else None


def certificate(item: Loss | JointLoss | Theorem, data: Any = None) -> Certificate:
    """What was found out about a loss, or about a theorem."""
    from derive import theorem

    if isinstance(item, theorem.Theorem):
        if data is not None:
            raise click.UsageError(f"{item.name} is a theorem: there is nothing in it to compare with --data")
        return theorem.certify(item)
    from derive.verify import verify as verify_loss

    return verify_loss(item, data=data)


def distributions(said: tuple[str, ...]) -> dict[str, str]:
    """Names and distributions from texts such as `y=poisson(exp(z))` or `y ~ poisson(exp(z))`."""
    out: dict[str, str] = {}
    for text in said:
        at = min((i for c in "=~" if (i := text.find(c)) >= 0), default=0)
        names, described = text[:at].strip(), text[at + 1 :].strip()
        if not all(name.strip().isidentifier() for name in names.split(",")):
            hint = "write a name and a family, such as y=poisson(exp(z))"
            raise DeriveError(f"cannot read --distribution {text[:80]!r}; {hint}")
        if names in out:
            raise DeriveError(f"two distributions for {names}: write one")
        out[names] = described
    return out
