"""What a library wants derivatives of: the loss, or minus the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from derive.errors import DeriveError

#: name -> signs of the gradient and of the Hessian, relative to the derivatives of the stated loss
CONVENTIONS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("loss", "minimize", "xgboost", "lightgbm", "sklearn", "statsmodels", "torch", "jax"), (1, 1)),
    **dict.fromkeys(("minus loss", "maximize", "catboost", "stan", "log density"), (-1, -1)),
    "glum": (-1, 1),
}
_MEANING = {
    (-1, -1): "derivatives of minus the loss, as CatBoost and log densities want them",
    (-1, 1): "minus the gradient with the Hessian of the loss, as glum wants them",
}


def signs(convention: str | Sequence[int]) -> tuple[int, int]:
    """The signs of gradient and Hessian: `"loss"`, `"catboost"`, `"glum"` …, or a pair such as (-1, 1)."""
    if isinstance(convention, str):
        if convention.lower() not in CONVENTIONS:
            close = get_close_matches(convention.lower(), CONVENTIONS, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"write one of {', '.join(CONVENTIONS)}"
            raise DeriveError(f"convention: {convention[:60]!r} is not known; {hint}")
        return CONVENTIONS[convention.lower()]
    pair = tuple(convention)
    if len(pair) != 2 or any(s not in (1, -1) for s in pair):
        raise DeriveError(f"convention: two signs such as (-1, 1) are wanted, not {convention!r}"[:200])
    return pair[0], pair[1]


def meaning(pair: tuple[int, int]) -> str:
    """What a pair of signs other than (1, 1) means."""
    return _MEANING.get(pair, "the gradient of the loss with minus its Hessian, as no library wants them")
