"""Manners on a terminal: errors as messages, exit codes, closed pipes, Ctrl-C, colour and progress."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import TracebackType
from typing import Any

import click

from derive.errors import EXIT_BAD_INPUT, EXIT_UNKNOWN, DeriveError

#: what a shell expects of a command that was interrupted, or whose reader went away
EXIT_INTERRUPTED = 130
EXIT_CLOSED_PIPE = 141
#: a bug of ours; Python's own code for it is 1, which means "refuted" here
EXIT_BUG = 70
#: why nothing more can be printed to a file that is there
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


class Manual(click.Command):
    """A command whose help is a page of a manual: it says what its arguments are, too."""

    def __init__(self, *args: Any, arguments: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arguments = dict(arguments or {})

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The arguments, then the options."""
        if self.arguments:
            with formatter.section("Arguments"):
                formatter.write_dl(list(self.arguments.items()))
        super().format_options(ctx, formatter)


class TakesFormulas(Manual):
    """A command whose arguments are formulas: `-log(h)` is one, and no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line; a blank in front keeps a formula from being read as an option."""
        return super().parse_args(ctx, [f" {a}" if _starts_a_formula(a) else a for a in args])


def _starts_a_formula(arg: str) -> bool:
    return len(arg) > 1 and arg[0] == "-" and arg[1] != "-" and arg != "-h"


class PoliteGroup(click.Group):
    """Commands whose errors are messages and exit codes instead of tracebacks.

    `homes` says where each is, as `module:name`; a command is imported when it is asked for.
    """

    def __init__(self, *args: Any, homes: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.homes = homes

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(self.homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name not in self.homes:
            return None
        module, _, name = self.homes[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the command line."""
        with _closed_pipe(), _reported():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _closed_pipe(), _reported():
            return super().invoke(ctx)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command, or suggest one."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            known = self.list_commands(ctx)
            import difflib

            close = difflib.get_close_matches(args[0], known, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"the commands are {', '.join(known)}"
            ctx.fail(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)


@contextmanager
def _closed_pipe() -> Iterator[None]:
    """The reader went away, as in `derive show logistic | head -1`: stop without a word."""
    try:
        yield
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)  # for what is left to flush at exit
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        raise click.exceptions.Exit(EXIT_CLOSED_PIPE) from None


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except DeriveError as error:
        click.echo(f"error: {error}", err=True)
        raise click.exceptions.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        raise click.exceptions.Exit(EXIT_INTERRUPTED) from None
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        click.echo(f"error: cannot write: {os.strerror(error.errno).lower()}", err=True)
        raise click.exceptions.Exit(EXIT_BAD_INPUT) from None
    except MemoryError:
        click.echo("error: not enough memory; nothing was decided", err=True)
        raise click.exceptions.Exit(EXIT_UNKNOWN) from None


def crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Python's hook for an error that nobody expected: the traceback, and an exit code that decides nothing."""
    sys.__excepthook__(kind, error, trace)
    sys.stderr.write("This is a bug in derive, please report it; nothing was decided.\n")
    sys.stderr.flush()
    os._exit(EXIT_BUG)


def prepare(ctx: click.Context) -> None:
    """Colour as the environment says; characters that the terminal lacks are written as escapes."""
    ctx.color = _coloured(os.environ)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")


def _coloured(environment: Mapping[str, str]) -> bool | None:
    """NO_COLOR: never. FORCE_COLOR: in a pipe, too. Neither: on a terminal that is not dumb."""
    if environment.get("NO_COLOR") or (environment.get("TERM") == "dumb" and not environment.get("FORCE_COLOR")):
        return False
    return True if environment.get("FORCE_COLOR", "0") not in ("", "0") else None


def paint(text: str, colour: str) -> str:
    """The text in a colour; `click.echo` drops it where there is no terminal."""
    return click.style(text, fg=colour) if colour else text


def progress(text: str) -> None:
    """One line on the terminal that the next one overwrites; nothing in a pipe."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", err=True, nl=False)
