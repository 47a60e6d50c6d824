"""The Gaussian loss with a log-variance is convex in each of its raw predictions, but not in both"""

from derive.theorem import Statement, Theorem

_SAMPLE = "u/2 + (z - y)**2*exp(-u)/2"

THEOREM = Theorem(
    name="gaussian-log-variance",
    title="The Gaussian loss with a log-variance is convex in each of its raw predictions, but not in both",
    description="For one sample with the mean z and the log-variance u.",
    symbols={"z": "the mean of one sample", "u": "the log-variance of one sample", "y": "the target of one sample"},
    domain={"z": "real", "u": "real", "y": "real"},
    statements=(
        Statement("convex-in-z", "in z alone it is convex", "positive", (f"diff(diff({_SAMPLE}, z), z)",)),
        Statement("convex-in-u", "in u alone it is convex", "nonnegative", (f"diff(diff({_SAMPLE}, u), u)",)),
        Statement(
            "determinant",
            "the determinant of its Hessian is −(z − y)² e^(−2u)/2",
            "equal",
            (
                f"diff(diff({_SAMPLE}, z), z)*diff(diff({_SAMPLE}, u), u) - diff(diff({_SAMPLE}, z), u)**2",
                "-(z - y)**2*exp(-2*u)/2",
            ),
        ),
        Statement(
            "not-convex",
            "which is negative somewhere: it is not convex in both",
            "nonnegative",
            ("-(z - y)**2*exp(-2*u)/2",),
            expected="refuted",
        ),
        Statement(
            "best-variance",
            "for a residual r = z − y the best log-variance is ln r²: there the derivative by u is 0",
            "equal",
            ("1/2 - r**2*exp(-log(r**2))/2", "0"),
            {"r": "nonzero"},
        ),
    ),
    reference="D. A. Nix, A. S. Weigend, Estimating the mean and variance of the target distribution, ICNN 1994",
)
