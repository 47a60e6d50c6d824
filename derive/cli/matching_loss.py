"""The command `derive matching-loss`: the loss whose gradient is Xᵀ(h − y)/m for a given link."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from derive.cli.common import CODES, EXIT, OUTPUT, Number, write
from derive.errors import UnknownError


@click.command(
    "matching-loss",
    short_help="Derive the loss that belongs to a link.",
    epilog=f"""\b
Examples:
  derive matching-loss --link probit --format text
  derive matching-loss --link cloglog > cloglog.tex
  derive matching-loss --inverse-link "z/sqrt(1 + z**2)" --format text
\b
Links: identity, log, logit, probit, cloglog, loglog, cauchit, inverse,
       inverse-squared, sqrt, tanh, arcsinh
{CODES}""",
)
@click.option("--link", metavar="NAME", help="A link by name.")
@click.option("--inverse-link", metavar="FORMULA", help="Another one, by its inverse: h as a formula in z.")
@click.option("--range", "range_z", metavar="RANGE", help="The raw predictions z: real, positive, '(-oo, 0)' …")
@click.option(
    "--format",
    "form",
    type=click.Choice(["latex", "text", "markdown", "json"]),
    default="latex",
    show_default=True,
    help="How to print it.",
)
@click.option("-o", "--output", type=OUTPUT, metavar="FILE", help="Write there instead of to the terminal.")
@click.option(
    "--timeout", type=Number(0.1, 3600), default=60.0, show_default=True, metavar="SECONDS", help="For the answer."
)
@click.pass_context
def matching_loss(
    ctx: click.Context,
    link: str | None,
    inverse_link: str | None,
    range_z: str | None,
    form: str,
    output: Path | None,
    timeout: float,
) -> None:
    """Derive the loss whose gradient is X'(h - y)/m for a link: by integration, proved by differentiation.

    The formula is read, never run, and integrated in a process of its own with limited time and memory.
    """
    from derive.certificate import Certificate, Unknown
    from derive.certificate_json import record_from_json
    from derive.worker import run

    said = {"link": link, "inverse_link": inverse_link, "range_z": range_z}
    answer = run("matching-loss", said, timeout=timeout)
    if isinstance(answer, Unknown):
        raise UnknownError(f"no matching loss was found: {answer.reason}")
    certificate = record_from_json(Certificate, answer)
    write(import_module(f"derive.render.{form}").render(certificate), output)
    ctx.exit(EXIT[certificate.status])
