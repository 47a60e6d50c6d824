"""Gaussian regression with a log-variance: two raw predictions, their gradients and Hessian blocks"""

from derive.theorem import Statement, Theorem

_Z, _U = "sum(X[i, k]*theta[k], k, 0, n - 1)", "sum(X[i, k]*eta[k], k, 0, n - 1)"


def _mean(summand: str) -> str:
    return f"sum({summand}, i, 0, m - 1)/m"


_COST = _mean(f"{_U}/2 + ({_Z} - y[i])**2*exp(-{_U})/2")
_ENTRY = "X[i, j]*X[i, l]"

THEOREM = Theorem(
    name="gaussian-log-variance",
    title="Gaussian regression with a log-variance: two raw predictions, their gradients and Hessian blocks",
    description=(
        "Minus the log-likelihood of y under a normal distribution of mean z = Xθ and variance e^u, u = Xη, without "
        "the "
        "term ½ ln 2π; for every m and n."
    ),
    domain={"m": "positive integer", "n": "positive integer", "j": "0..n-1", "l": "0..n-1"},
    symbols={
        "m": "the number of samples",
        "n": "the number of features",
        "X": "the features",
        "y": "the targets",
        "theta": "the parameters of the mean",
        "eta": "the parameters of the log-variance",
        "z": "the mean of one sample",
        "u": "the log-variance of one sample",
    },
    statements=(
        Statement(
            "gradient-mean",
            "the gradient in θ is Xᵀ((z − y)/e^u)/m",
            "equal",
            (f"diff({_COST}, theta[j])", _mean(f"exp(-{_U})*({_Z} - y[i])*X[i, j]")),
        ),
        Statement(
            "gradient-log-variance",
            "the gradient in η is Xᵀ(1 − (z − y)²/e^u)/(2m)",
            "equal",
            (f"diff({_COST}, eta[j])", _mean(f"(1 - ({_Z} - y[i])**2*exp(-{_U}))/2*X[i, j]")),
        ),
        Statement(
            "hessian-mean",
            "the block of the Hessian in θ is Xᵀ diag(1/e^u) X/m",
            "equal",
            (f"diff(diff({_COST}, theta[j]), theta[l])", _mean(f"exp(-{_U})*{_ENTRY}")),
        ),
        Statement(
            "hessian-log-variance",
            "the block in η is Xᵀ diag((z − y)²/e^u) X/(2m)",
            "equal",
            (f"diff(diff({_COST}, eta[j]), eta[l])", _mean(f"({_Z} - y[i])**2*exp(-{_U})/2*{_ENTRY}")),
        ),
        Statement(
            "hessian-mixed",
            "the mixed block is −Xᵀ diag((z − y)/e^u) X/m",
            "equal",
            (f"diff(diff({_COST}, theta[j]), eta[l])", _mean(f"-exp(-{_U})*({_Z} - y[i])*{_ENTRY}")),
        ),
        Statement(
            "not-convex",
            "the loss of one sample is convex in z and in u, but not in both: the determinant of its Hessian is "
            "negative "
            "somewhere",
            "nonnegative",
            ("exp(-u)*(z - y)**2*exp(-u)/2 - (exp(-u)*(z - y))**2",),
            expected="refuted",
        ),
        Statement("convex-in-u", "in u alone it is", "nonnegative", ("diff(diff(u/2 + (z - y)**2*exp(-u)/2, u), u)",)),
    ),
    reference="D. A. Nix, A. S. Weigend, Estimating the mean and variance of the target distribution, ICNN 1994",
)
