"""The squared error of linear regression is convex, and its minimum solves the normal equations"""

from derive.theorem import Statement, Theorem


def _z(theta: str) -> str:
    return f"sum(X[i, k]*{theta}, k, 0, n - 1)"


def _cost(theta: str) -> str:
    return f"sum(({_z(theta)} - y[i])**2, i, 0, m - 1)/(2*m)"


_SQUARE = f"sum({_z('v[k]')}**2, i, 0, m - 1)"
_SLOPE = f"sum(({_z('theta[k]')} - y[i])*{_z('v[k]')}, i, 0, m - 1)/m"

THEOREM = Theorem(
    name="linear",
    title="The squared error is convex, and its minimum solves the normal equations",
    description="For every data set of any size.",
    domain={"m": "positive integer", "n": "positive integer", "j": "0..n-1"},
    symbols={"v": "a direction", "s": "how far to go in that direction"},
    notation={
        "z[i]": ("sum(X[i, k]*theta[k], k, 0, n - 1)", "the raw prediction for sample i"),
        "d[i]": ("sum(X[i, k]*v[k], k, 0, n - 1)", "the entry i of Xv"),
    },
    statements=(
        Statement(
            "quadratic",
            "J(θ + v) = J(θ) + 1/m Σ (zᵢ − yᵢ)(Xv)ᵢ + ‖Xv‖²/(2m), with nothing left over",
            "equal",
            (
                f"{_cost('(theta[k] + v[k])')} - {_cost('theta[k]')}",
                f"{_SLOPE} + {_SQUARE}/(2*m)",
            ),
        ),
        Statement(
            "slope",
            "the middle term is ∇Jᵀv, the slope of J along the line θ + sv at s = 0",
            "equal",
            (f"diff({_cost('(theta[k] + s*v[k])')}, s)", f"{_SLOPE} + s*{_SQUARE}/m"),
        ),
        Statement(
            "curvature",
            "vᵀHv, the second derivative of J along a line θ + sv, is ‖Xv‖²/m",
            "equal",
            (f"diff(diff({_cost('(theta[k] + s*v[k])')}, s), s)", f"{_SQUARE}/m"),
        ),
        Statement("convex", "which is nowhere negative: J is convex", "nonnegative", (f"{_SQUARE}/m",)),
        Statement(
            "global-minimum",
            "where ∇J = 0, J(θ + v) − J(θ) is ‖Xv‖²/(2m), which is nowhere negative: the stationary point is a global "
            "minimum",
            "nonnegative",
            (f"{_SQUARE}/(2*m)",),
        ),
        Statement(
            "normal-equations",
            "∇J = 0 says XᵀXθ = Xᵀy: m ∇J is the difference of the two",
            "equal",
            (
                f"m*diff({_cost('theta[k]')}, theta[j])",
                f"sum(X[i, j]*{_z('theta[k]')}, i, 0, m - 1) - sum(X[i, j]*y[i], i, 0, m - 1)",
            ),
        ),
    ),
    reference="S. Boyd, L. Vandenberghe, Convex Optimization, Cambridge 2004, section 9.1.1",
)
