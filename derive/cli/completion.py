"""The command `derive completion`: what a shell needs to complete commands, options, losses and files."""

from __future__ import annotations

import click

from derive.cli.console import Manual
from derive.errors import DeriveError

_SHELLS = ("bash", "zsh", "fish")


@click.command(
    cls=Manual,
    short_help="Print what your shell needs to complete commands.",
    arguments={"SHELL": "bash, zsh or fish."},
    epilog="""\b
Examples:
  derive completion bash >> ~/.bashrc
  derive completion zsh >> ~/.zshrc
  derive completion fish > ~/.config/fish/completions/derive.fish
\b
Then open a new shell: commands, options, names of losses and files complete.
\b
Exit codes: 0 printed   2 usage or bad input
""",
)
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(shell: str) -> None:
    """Print the script with which SHELL completes what is written after `derive`."""
    from click.shell_completion import get_completion_class

    from derive.cli import main

    kind = get_completion_class(shell)
    if kind is None:
        raise DeriveError(f"nothing is known of the shell {shell!r}; there are {', '.join(_SHELLS)}")
    script = kind(main, {}, "derive", "_DERIVE_COMPLETE")
    click.echo(script.source_template % script.source_vars())
