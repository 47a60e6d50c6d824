"""The line that gives a result its name: `hess = mu` says what the Hessian is, though it computes nothing."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Sequence
from typing import Any

from derive.tracing import sources


def renaming_line(target: Any, position: int) -> int:
    """The line below which the result at this position of the only `return` has another name than before; else 0."""
    found = sources.plain_function(target)
    try:
        lines, first = inspect.getsourcelines(found) if found is not None else ([], 0)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, TypeError, SyntaxError):
        return 0
    if not tree.body or not isinstance(tree.body[0], ast.FunctionDef):
        return 0
    line = _in_body(tree.body[0], position)
    return first + line - 1 if line else 0


def _in_body(function: ast.FunctionDef, position: int) -> int:
    returns = [n for n in ast.walk(function) if isinstance(n, ast.Return)]
    name = _returned(returns[0].value, position) if len(returns) == 1 else ""
    own = [s for s in function.body if isinstance(s, ast.Assign) and name in _targets(s.targets)]
    last = own[-1] if name and own else None
    return last.lineno if last is not None and isinstance(last.value, ast.Name) else 0


def _returned(value: ast.expr | None, position: int) -> str:
    parts: Sequence[ast.expr | None] = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
    part = parts[position] if position < len(parts) else None
    return part.id if isinstance(part, ast.Name) else ""


def _targets(targets: Sequence[ast.expr]) -> set[str]:
    return {t.id for t in targets if isinstance(t, ast.Name)}
