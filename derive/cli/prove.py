"""The command `derive prove`: an equality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from derive.cli.common import CODES, EXIT, Number, ranges, to_json
from derive.cli.console import TakesFormulas, paint

if TYPE_CHECKING:
    from derive.terms.term import Term


@click.command(
    cls=TakesFormulas,
    arguments={"LEFT": "A formula, such as 'log(x*y)'.", "RIGHT": "What it is to be equal to."},
    short_help="Prove or refute that two formulas are equal.",
    epilog=f"""\b
Examples:
  derive prove "1/(1 + exp(-z))" "exp(z)/(1 + exp(z))"
  derive prove "sqrt(x**2)" "x" --domain x=nonnegative
  derive prove "y**2" "y" --domain "y={{0, 1}}"
{CODES}""",
)
@click.argument("left")
@click.argument("right")
@click.option("--domain", "domains", multiple=True, metavar="NAME=RANGE", help="Such as x=positive or 'y=[0, 1]'.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it."
)
@click.option(
    "--timeout", type=Number(0.1, 3600), default=20.0, show_default=True, metavar="SECONDS", help="For the answer."
)
@click.option("--quiet", is_flag=True, help="Print nothing if it is proved.")  # no -q: that is a formula
@click.pass_context
def prove(
    ctx: click.Context, left: str, right: str, domains: tuple[str, ...], form: str, timeout: float, quiet: bool
) -> None:
    """Prove or refute that the formulas LEFT and RIGHT are equal wherever both are defined.

    A variable is real unless --domain says more. The formulas are read, never run, and decided in a process of their
    own with limited memory.
    """
    from derive.certificate_json import encode
    from derive.domain import Domain
    from derive.render.report import render_verdict
    from derive.terms.text import parse_formula
    from derive.worker import decide

    domain, a, b = Domain.of(ranges(domains)), parse_formula(left.strip()), parse_formula(right.strip())
    if unused := sorted(domain.names - _names(a, b) - {v for r in domain.ranges.values() for v in r.names}):
        click.echo(f"note: --domain speaks of {', '.join(unused)}, which is in neither formula", err=True)
    verdict = decide(a, b, domain, budget=timeout / 2, timeout=timeout)
    if not quiet or verdict.status != "proved":
        click.echo(to_json(encode(verdict)) if form == "json" else render_verdict(verdict, paint), nl=False)
    ctx.exit(EXIT[verdict.status])


def _names(*terms: Term) -> frozenset[str]:
    from derive.terms.term import bound_names, free_names, walk

    return frozenset().union(*(free_names(t) | bound_names(t) for term in terms for t in walk(term)))
