"""What a fit found, as a plain record that is saved as JSON and read back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derive.errors import DataError, UnknownError
from derive.files import write_text

Array = NDArray[np.float64]
_FORMAT = "derive fit 1"
_OTHERS = "; other coefficients have the same cost, so these are one of many answers"
_ARRAYS = ("coefficients", "standard_errors")


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients θ in the order of `names`, and how good they are.

    `status` is "converged", "not converged", "interrupted" or "no finite minimum"; then `direction` is one in which the
    cost falls for ever. `unique` is False where other coefficients are as good, which losses of straight lines allow.
    `cost` is J, `gradient_norm` the largest entry of its gradient with columns of unit size.
    `standard_errors` and `dispersion` are those of the log-likelihood, None for a loss that is none; `deviance` is
    2 Σ (ℓᵢ − ℓᵢ of a perfect prediction). `path` has θ after each step.
    """

    loss: str
    method: str
    status: str
    names: tuple[str, ...]
    coefficients: Array
    standard_errors: Array | None
    cost: float
    deviance: float | None
    dispersion: float | None
    gradient_norm: float
    steps: int
    rows: int
    parameters: dict[str, str] = field(default_factory=dict)
    penalty: float = 0.0
    direction: tuple[float, ...] | None = None
    unique: bool = True
    path: tuple[tuple[float, ...], ...] = ()

    @property
    def ok(self) -> bool:
        """Did it converge?"""
        return self.status == "converged"

    def raise_for_status(self) -> None:
        """Raise `UnknownError` unless it converged."""
        if not self.ok:
            raise UnknownError(f"the fit of {self.loss}: {self.why}")

    @property
    def why(self) -> str:
        """The status in a sentence, with the way out."""
        if self.direction is not None:
            sizes = zip(self.direction, self.names, strict=True)
            along = " ".join(f"{d:+.4g}·{name}" for d, name in sizes if abs(d) > 1e-6).lstrip("+")
            return (
                f"there is no finite minimum: the cost falls for ever in the direction {along}, which separates the "
                "data; leave a column out, or add a penalty"
            )
        steps = _counted(self.steps, "step")
        return {
            "converged": f"converged in {steps}{'' if self.unique else _OTHERS}",
            "interrupted": f"interrupted after {steps}; this is the best so far",
        }.get(
            self.status,
            f"not converged in {steps}: the gradient is {self.gradient_norm:.2g}; allow more",
        )

    def predict(self, X: ArrayLike) -> Array:
        """The raw predictions Xθ."""
        return np.asarray(np.asarray(X, float) @ self.coefficients)

    def to_json(self) -> str:
        """The fit as JSON; `Fit.read` reads it back, to the last bit."""
        body = {"format": _FORMAT, **{name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}}
        return json.dumps(body, indent=1, ensure_ascii=False) + "\n"

    def save(self, path: str | Path) -> None:
        """Write it as JSON, whole or not at all."""
        write_text(Path(path), self.to_json())

    @classmethod
    def read(cls, path: str | Path) -> Fit:
        """A saved fit; a `DataError` for a file that is none."""
        try:
            body = json.loads(Path(path).read_text(encoding="utf-8"))
            if body.pop("format") != _FORMAT or body.keys() != cls.__dataclass_fields__.keys():
                raise ValueError
            made: dict[str, Any] = {
                k: np.array(v, float) if k in _ARRAYS and v is not None else v for k, v in body.items()
            }
            tuples: dict[str, Any] = {
                k: tuple(map(tuple, v)) if k == "path" else tuple(v)
                for k in ("names", "path")
                if (v := made[k]) is not None
            }
            direction = made["direction"]
            return cls(**{**made, **tuples, "direction": None if direction is None else tuple(direction)})
        except OSError as error:
            raise DataError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            raise DataError(f"{path} is no fit that was saved by derive") from None

    def latex(self) -> str:
        """The coefficients, and the update rule of the method with the gradient and the Hessian as they are derived."""
        from derive.fit.latex import latex

        return latex(self)

    def text(self) -> str:
        """For a terminal."""
        from derive.render.fit import text

        return text(self)

    def _repr_markdown_(self) -> str:
        from derive.render.fit import markdown

        return markdown(self)


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value
