"""The command `derive check`: formulas and objectives that somebody else wrote, one or a thousand."""

from __future__ import annotations

from typing import Any

import click

from derive.cli.common import FOLDER, Number, distributions, formulas, ranges
from derive.cli.console import Manual

_FORMATS = click.Choice(["text", "json", "markdown", "latex", "html", "sarif", "github"])
#: what describes one claim, and not all of them
_DESCRIBING = ("loss", "wrt", "where", "domain", "hessian_kind", "distribution", "convention", "reduction")
_OF_CODE = ("library", "parameters", "classes")
_OF_FORMULAS = ("gradient", "hessian")
_MOST_MIB = 1 << 24  # 16 TiB: the operating system takes no number of bytes that needs more than 64 bits


@click.command(
    cls=Manual,
    arguments={
        "TARGET": "A Python file, file.py::function, module:function, a folder, or a claims file (derive.toml, or "
        "pyproject.toml with [tool.derive])."
    },
    short_help="Prove or refute gradients and Hessians of yours.",
    epilog="""\b
Examples:
  derive check                              all claims below this folder
  derive check objectives.py derive.toml    decorated functions, a claims file
  derive check objectives.py::focal --loss "-(1 - p)**g*log(p)"
  derive check --loss "(z - y)**2" --gradient "y - z" --wrt z
  derive check . --format github --output sarif=derive.sarif
  derive check . --policy unknown=warn,findings=fail -k "focal and not old"
\b
With several variables, write --gradient once for each; and --hessian once for
each (its diagonal), or once for each entry, row by row.
\b
Exit codes: 0 proved   1 refuted, or failed by the policy
            3 something could not be decided  2 usage or bad input
""",
)
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--loss", metavar="FORMULA", help="The loss; without it the Hessian is compared with the gradient.")
@click.option("--gradient", multiple=True, metavar="FORMULA", help="The claimed gradient.")
@click.option("--hessian", multiple=True, metavar="FORMULA", help="The claimed Hessian.")
@click.option("--wrt", metavar="NAMES", help="The variable of the derivatives, or several: z1,z2.")
@click.option("--where", multiple=True, metavar="NAME=FORMULA", help="A name used in the formulas.")
@click.option("--domain", multiple=True, metavar="NAME=RANGE", help="Such as y=positive or 'y=[0, 1]'.")
@click.option("--hessian-kind", metavar="KIND", help="If it is not meant to be exact: majorizer, fisher …")
@click.option("--distribution", multiple=True, metavar="NAME=FAMILY", help="Of the data: 'y=poisson(exp(z))'.")
@click.option("--convention", metavar="NAME", help="Derivatives of what: loss, catboost, glum …  [default: loss]")
@click.option("--reduction", metavar="KIND", help="sum, mean or mean:n.")
@click.option("--library", metavar="NAME", help="What an objective is written for: xgboost, lightgbm …")
@click.option("--parameter", "parameters", multiple=True, metavar="NAME", help="A parameter that stays a symbol.")
@click.option("--classes", type=click.IntRange(1, 40), metavar="N", help="How many classes an objective has.")
@click.option("--dtype", "dtypes", multiple=True, metavar="TYPE", help="float64, float32 (both if left out), float16.")
@click.option("--strict-floating-point", is_flag=True, help="What fails in floating point is not proved.")
@click.option("-k", "select", metavar="WORDS", help="Only claims whose name holds this: a and b, a or b, not c.")
@click.option("-x", "--exitfirst", is_flag=True, help="Stop at the first claim that fails.")
@click.option("-j", "--jobs", type=click.IntRange(1, 256), metavar="N", help="Worker processes.  [default: one a core]")
@click.option("--timeout", type=Number(0.1, 3600), metavar="SECONDS", help="For a claim.  [default: 20, code: 60]")
@click.option(
    "--memory", type=click.IntRange(128, _MOST_MIB), metavar="MIB", help="For a claim.  [default: 2048, code: 4096]"
)
@click.option(
    "--policy", multiple=True, metavar="NAME=LEVEL", help="unknown, numeric-only, findings: fail, warn, ignore."
)
@click.option("--format", "form", type=_FORMATS, default="text", show_default=True, help="How to print it.")
@click.option("--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="Write a report there too; repeatable.")
@click.option("-q", "--quiet", is_flag=True, help="Only what fails, and the summary.")
@click.option("-v", "--verbose", is_flag=True, help="Every report in full, times, and what the cache did.")
@click.option("--cache-dir", type=FOLDER, metavar="FOLDER", help="The cache of proofs.  [env: DERIVE_CACHE]")
@click.option("--no-cache", is_flag=True, help="Prove everything anew.")
@click.pass_context
def check(ctx: click.Context, /, **said: Any) -> None:
    """Prove or refute that gradients and Hessians are the derivatives of their losses, and say what is wrong.

    Formulas are read, never run. Code is run in a process of its own, and everything is decided in processes with
    limited time and memory. A claim that was decided before is replayed from the cache: checked again, not trusted.
    """
    from derive.cli.checking import check_all

    ctx.exit(check_all(said, _keywords(said)))


def _keywords(said: dict[str, Any]) -> dict[str, Any]:
    """The keywords of `derive.check` (or of `derive.check_objective`) that were given, as JSON."""
    names = [v.strip() for v in said["wrt"].split(",")] if said["wrt"] else None
    count = len(names) if names else 1
    given = {
        **{key: said[key] for key in (*_DESCRIBING, *_OF_CODE)},
        "wrt": names,
        "where": formulas(said["where"]),
        "domain": ranges(said["domain"]),
        "distribution": distributions(said["distribution"]),
        "parameters": list(said["parameters"]),
        "gradient": _one_or_all(list(said["gradient"]), count),
        "hessian": _table(list(said["hessian"]), count),
    }
    return {key: value for key, value in given.items() if value not in (None, [], {}, ())}


def _one_or_all(texts: list[str], count: int) -> Any:
    if not texts:
        return None
    return texts[0] if len(texts) == count == 1 else texts


def _table(texts: list[str], count: int) -> Any:
    """One formula, a diagonal, or rows: as many as fit the number of variables."""
    if count > 1 and len(texts) == count * count:
        return [texts[i : i + count] for i in range(0, len(texts), count)]
    return _one_or_all(texts, count)
