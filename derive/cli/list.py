"""The command `derive list`: what there is."""

from __future__ import annotations

import click

from derive import catalog


@click.command(
    "list",
    short_help="Show the losses and the theorems.",
    epilog="""\b
Examples:
  derive list
  derive list | grep -i poisson
\b
Exit codes: 0 listed   2 usage
""",
)
def list_() -> None:
    """Show the losses that can be derived, and the theorems that can be proved."""
    losses = sorted((*catalog.entries(), *catalog.entries(catalog.JOINT)), key=lambda entry: entry.name)
    theorems = [e for e in catalog.entries(catalog.THEOREMS) if e.name in catalog.theorem_names()]
    width = max(len(entry.name) for entry in (*losses, *theorems))
    for title, entries in (("losses", losses), ("theorems", theorems)):
        click.echo(click.style(title, bold=True))
        click.echo("\n".join(f"  {entry.name:<{width}}  {entry.title}" for entry in entries))
