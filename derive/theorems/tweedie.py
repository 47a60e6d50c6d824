"""The Tweedie loss at the ends of its range of powers: Poisson at p = 1, gamma at p = 2"""

from derive.theorem import Statement, Theorem

_GRADIENT = "exp((2 - p)*z) - y*exp((1 - p)*z)"

THEOREM = Theorem(
    name="tweedie",
    title="The Tweedie loss at the ends of its range of powers: Poisson at p = 1, gamma at p = 2",
    description="With h = e^z, for one sample. What is continuous in p has its value at the end as its limit.",
    symbols={
        "s": "exponent of h",
        "z": "raw prediction",
        "y": "target",
        "p": "power of the variance function",
    },
    domain={"z": "real", "y": "nonnegative", "p": "(1, 2)", "s": "real"},
    statements=(
        Statement(
            "gradient",
            "for 1 < p < 2 the derivative of the loss is h^(2 − p) − y h^(1 − p), which is continuous in p",
            "equal",
            ("diff(exp((2 - p)*z)/(2 - p) - y*exp((1 - p)*z)/(1 - p), z)", _GRADIENT),
        ),
        Statement(
            "poisson",
            "at p = 1 it is the derivative of the Poisson loss h − y ln h",
            "equal",
            (_GRADIENT, "diff(exp(z) - y*z, z)"),
            {"p": "{1}"},
        ),
        Statement(
            "gamma",
            "at p = 2 it is the derivative of the gamma loss y/h + ln h",
            "equal",
            (_GRADIENT, "diff(y*exp(-z) + z, z)"),
            {"p": "{2}"},
        ),
        Statement(
            "not-gamma",
            "at p = 1 it is not that of the gamma loss",
            "equal",
            (_GRADIENT, "diff(y*exp(-z) + z, z)"),
            {"p": "{1}"},
            "refuted",
        ),
        Statement(
            "difference-quotient",
            "the loss, with a term in y alone added, has the limits of these losses: (h^s − h^0)/s, with s = 1 − p or "
            "2 − p, is a difference quotient of h^s, and its limit at s = 0 the derivative there, which is ln h",
            "equal",
            ("diff(exp(s*z), s)", "z"),
            {"s": "{0}"},
        ),
        Statement(
            "loss-at-1",
            "so in h^(2 − p)/(2 − p) − y (h^(1 − p) − 1)/(1 − p), whose derivative is the same, what is not such a "
            "quotient is h at p = 1",
            "equal",
            ("exp((2 - p)*z)/(2 - p)", "exp(z)"),
            {"p": "{1}"},
        ),
        Statement(
            "loss-at-2",
            "and in (h^(2 − p) − 1)/(2 − p) − y h^(1 − p)/(1 − p) it is y/h at p = 2",
            "equal",
            ("-y*exp((1 - p)*z)/(1 - p)", "y*exp(-z)"),
            {"p": "{2}"},
        ),
    ),
    reference="B. Jørgensen, Exponential dispersion models, J. R. Stat. Soc. B 49 (1987) 127-162",
)
