"""The command `derive check`: formulas that somebody else wrote, from the command line."""

from __future__ import annotations

from typing import Any

import click

from derive.cli.common import EXIT, formulas, ranges
from derive.cli.console import paint
from derive.errors import EXIT_REFUTED, UnknownError

_FORMATS = click.Choice(["text", "latex", "markdown", "json"])


@click.command(
    short_help="Prove or refute a gradient and a Hessian of yours.",
    epilog="""\b
Examples:
  derive check --loss "-(y*log(p) + (1 - y)*log(1 - p))" --where "p=sigmoid(z)" \\
    --gradient "sigmoid(z) - y" --hessian "2*p*(1 - p)" --wrt z --domain "y=[0, 1]"
  derive check --loss "(z - y)**2" --gradient "y - z" --wrt z --convention catboost
  derive check --loss "sin(x)*y" --gradient "y*cos(x)" --gradient "sin(x)" --wrt x,y
\b
With several variables, write --gradient once for each; and --hessian once for
each (its diagonal), or once for each entry, row by row.
\b
Exit codes: 0 proved   1 refuted, or not what was claimed
            3 something could not be decided  2 usage or bad input
""",
)
@click.option("--loss", metavar="FORMULA", help="The loss; without it the Hessian is compared with the gradient.")
@click.option("--gradient", "gradient", multiple=True, metavar="FORMULA", help="The claimed gradient.")
@click.option("--hessian", "hessian", multiple=True, metavar="FORMULA", help="The claimed Hessian.")
@click.option("--wrt", metavar="NAMES", help="The variable of the derivatives, or several: z1,z2.")
@click.option("--where", "where", multiple=True, metavar="NAME=FORMULA", help="A name used in the formulas.")
@click.option("--domain", "domains", multiple=True, metavar="NAME=RANGE", help="Such as y=positive or 'y=[0, 1]'.")
@click.option(
    "--hessian-kind", metavar="KIND", help="What the Hessian is meant to be, if not exact: majorizer, fisher …"
)
@click.option("--convention", default="loss", show_default=True, help="Derivatives of what: loss, catboost, glum …")
@click.option("--reduction", metavar="KIND", help="sum, mean or mean:n.")
@click.option("--dtype", "dtypes", multiple=True, metavar="TYPE", help="float64, float32, float16; all if left out.")
@click.option("--strict-floating-point", is_flag=True, help="What fails in floating point is not proved.")
@click.option("--format", "form", type=_FORMATS, default="text", show_default=True)
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=20.0, show_default=True, help="In seconds.")
@click.pass_context
def check(ctx: click.Context, /, form: str, timeout: float, **said: Any) -> None:
    """Prove or refute that a gradient and a Hessian are the derivatives of a loss, and say what is wrong.

    The formulas are read, never run, and decided in a process of their own with limited memory.
    """
    from derive.certificate import Unknown
    from derive.worker import check as check_in_worker

    report = check_in_worker(_claims(said), budget=timeout / 2, timeout=timeout)
    if isinstance(report, Unknown):
        raise UnknownError(f"not decided: {report.reason}")
    click.echo(_shown(report, form), nl=False)
    ctx.exit(EXIT_REFUTED if report.status == "proved" and not report.ok else EXIT[report.status])


def _claims(said: dict[str, Any]) -> dict[str, Any]:
    names = [v.strip() for v in said["wrt"].split(",")] if said["wrt"] else None
    count = len(names) if names else 1
    return {
        "loss": said["loss"],
        "gradient": _one_or_all(list(said["gradient"]), count),
        "hessian": _table(list(said["hessian"]), count),
        "wrt": names,
        "where": formulas(said["where"]),
        "domain": ranges(said["domains"]),
        "hessian_kind": said["hessian_kind"],
        "convention": said["convention"],
        "reduction": said["reduction"],
        "strict_floating_point": said["strict_floating_point"],
        **({"dtypes": list(said["dtypes"])} if said["dtypes"] else {}),
    }


def _one_or_all(texts: list[str], count: int) -> Any:
    if not texts:
        return None
    return texts[0] if len(texts) == count == 1 else texts


def _table(texts: list[str], count: int) -> Any:
    """One formula, a diagonal, or rows: as many as fit the number of variables."""
    if count > 1 and len(texts) == count * count:
        return [texts[i : i + count] for i in range(0, len(texts), count)]
    return _one_or_all(texts, count)


def _shown(report: Any, form: str) -> str:
    from derive.render import claims

    if form == "text":
        return claims.text(report, paint)
    return str({"latex": claims.latex, "markdown": claims.markdown, "json": claims.json}[form](report))
