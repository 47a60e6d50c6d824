"""The command `derive list`: what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from derive import catalog

if TYPE_CHECKING:
    pass


@click.command("list")
def list_() -> None:
    """Show the losses that can be derived."""
    entries = catalog.entries()
    width = max(len(entry.name) for entry in entries)
    click.echo("\n".join(f"{entry.name:<{width}}  {entry.title}" for entry in entries))
