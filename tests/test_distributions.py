"""Expected Hessians: moments of distributions, what is proved with them, and the wrong twins that must be refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import mpmath
import pytest
from click.testing import CliRunner

import derive
from derive.claims.families import FAMILIES
from derive.cli import main
from derive.domain import Domain
from derive.errors import DeriveError
from derive.prove.ball import Evaluator
from derive.prove.ball_functions import to_arb
from derive.prove.point import Point
from derive.prove.signals import Undefined
from derive.report import Report
from derive.terms.term import Term, num

#: values of the parameters, and the range of y: whole numbers are summed up, others integrated
PLACES: dict[str, tuple[tuple[int, ...], bool, float, float]] = {
    "binomial": ((7,), True, 0, 7),
    "poisson": ((3,), True, 0, 120),
    "negative binomial": ((2, 3), True, 0, 400),
    "normal": ((2, 3), False, -40, 44),
    "laplace": ((2, 1), False, -60, 62),
    "gamma": ((2, 3), False, 0, 60),
    "exponential": ((2,), False, 0, 130),
    "inverse gaussian": ((2, 3), False, 0, 200),
    "lognormal": ((1, 1), False, 0, mpmath.inf),
    "beta": ((2, 3), False, 0, 1),
    "weibull": ((2, 3), False, 0, 20),
}
STATISTICS: dict[str, Callable[..., Any]] = {
    "power": lambda y, e: y**e,
    "log": lambda y, k: mpmath.log(y) ** k,
    "power log": lambda y, e: y**e * mpmath.log(y),
    "power logs": lambda y, e: y**e * mpmath.log(y) ** 2,
    "log rest": lambda y: mpmath.log(1 - y),
    "size": lambda y: abs(y - 2),
}


def value(t: Term) -> Any:
    """A term without variables, by balls."""
    return mpmath.mpf(str(to_arb(Evaluator(Point({}, Domain())).go(t)).mid().str(20, radius=False)))


def parameters(family: str) -> list[Term]:
    """The values of the parameters; a share is 1/3."""
    given = list(PLACES[family][0])
    return [num(1, 3) if n in FAMILIES[family].shares else num(given.pop(0)) for n in FAMILIES[family].parameters]


def mean(family: str, f: Callable[[Any], Any]) -> Any:
    """E[f(y)] by a sum or an integral of the density of the table, which is normalised here."""
    _, whole, low, high = PLACES[family]
    law = FAMILIES[family].density

    def weight(y: Any) -> Any:
        p = [mpmath.mpf(q.value.numerator) / q.value.denominator for q in parameters(family)]
        base = {"binomial": lambda: mpmath.binomial(7, y), "poisson": lambda: 1 / mpmath.factorial(y)}
        base |= {
            "negative binomial": lambda: 1 / mpmath.factorial(y),
            "gamma": lambda: 1 / y,
            "lognormal": lambda: 1 / y,
        }
        base |= {"inverse gaussian": lambda: y ** mpmath.mpf(-1.5), "weibull": lambda: 1 / y}
        base |= {"beta": lambda: 1 / (y * (1 - y))}
        return mpmath.exp(DENSITIES[family](y, *p)) * base.get(family, lambda: 1)()

    assert callable(law)
    if whole:
        rows = [(weight(mpmath.mpf(k)), mpmath.mpf(k)) for k in range(int(low), int(high) + 1)]
        return sum(w * f(y) for w, y in rows) / sum(w for w, _ in rows)
    cuts = (
        [low, 0.01, 0.3, 1, 3, 10, high] if low == 0 and high > 10 else [low, 0.5, 2, high] if high > 2 else [0, 0.5, 1]
    )
    return mpmath.quad(lambda y: weight(y) * f(y), cuts) / mpmath.quad(weight, cuts)


lg, log = mpmath.loggamma, mpmath.log
#: the log densities once more, written for mpmath (without terms in y alone, which are in `mean`)
DENSITIES: dict[str, Callable[..., Any]] = {
    "binomial": lambda y, n, p: y * log(p) + (n - y) * log(1 - p),
    "poisson": lambda y, m: y * log(m) - m,
    "negative binomial": lambda y, m, s: lg(y + s) - lg(s) + y * log(m / (m + s)) + s * log(s / (m + s)),
    "normal": lambda y, m, s: -((y - m) ** 2) / (2 * s**2) - log(s),
    "laplace": lambda y, m, b: -abs(y - m) / b - log(b),
    "gamma": lambda y, m, k: k * log(k / m) - lg(k) + k * log(y) - k * y / m,
    "exponential": lambda y, m: -y / m - log(m),
    "inverse gaussian": lambda y, m, s: log(s) / 2 - s * (y - m) ** 2 / (2 * m**2 * y),
    "lognormal": lambda y, m, s: -((log(y) - m) ** 2) / (2 * s**2) - log(s),
    "beta": lambda y, a, b: a * log(y) + b * log(1 - y) + lg(a + b) - lg(a) - lg(b),
    "weibull": lambda y, s, k: log(k) + k * log(y / s) - (y / s) ** k,
}


@pytest.mark.parametrize("family", PLACES)
def test_the_log_density_is_the_one_of_the_textbook(family: str) -> None:
    """The same, written again for mpmath, at three points."""
    p = parameters(family)
    with mpmath.workdps(30):
        for y in (1, 2, 5) if PLACES[family][3] > 1 else ("1/3", "1/2", "3/4"):
            at = num(*map(int, str(y).split("/")))
            own = DENSITIES[family](*(mpmath.mpf(q.value.numerator) / q.value.denominator for q in (at, *p)))
            assert mpmath.almosteq(value(FAMILIES[family].density(at, *p)), own, 1e-12)


def _statistic(kind: str, k: int | None, y: Any) -> Any:
    return STATISTICS[kind](y) if k is None else STATISTICS[kind](y, k)


@pytest.mark.parametrize("family", PLACES)
def test_the_moments_are_those_of_the_density(family: str) -> None:
    """Every row of the table against a sum or an integral."""
    for kind, law in FAMILIES[family].moments.items():
        orders = {"power": (-1, 0, 1, 2, 3, 4), "log": (1, 2), "power log": (1, 2), "power logs": (1, 2)}.get(
            kind, (None,)
        )
        for k in orders:
            if (family, kind, k) == ("exponential", "power", -1):
                continue  # infinite, see below
            arguments = () if k is None else (k,) if kind == "log" else (num(k),)
            found = law(*arguments, *parameters(family))
            if found is not None:
                with mpmath.workdps(12):
                    own = mean(family, partial(_statistic, kind, k))
                    assert mpmath.almosteq(value(found), own, 1e-7, 1e-7), (kind, k)


def integral(df: int, f: Callable[[Any], Any]) -> Any:
    """The integral of f(x)·(1 + x²/df)**(−(df + 1)/2)."""
    n = mpmath.mpf(df)
    return mpmath.quad(lambda x: f(x) * (1 + x**2 / n) ** (-(n + 1) / 2), [-mpmath.inf, 0, mpmath.inf])


@pytest.mark.parametrize(("family", "df"), [("student t", 3), ("student t", 4), ("cauchy", 1)])
def test_the_means_of_quotients_are_those_of_the_density(family: str, df: int) -> None:
    """E[x**(2a)/kernel**2] for x = (y - m)/s against integrals; and the density, but for the root of pi."""
    row, p = FAMILIES[family], [num(v) for v in ((df, 2, 3) if family == "student t" else (2, 3))]
    with mpmath.workdps(15):
        whole = integral(df, lambda _: mpmath.mpf(1))
        for a, power in enumerate((0, 2, 4)):
            law = row.moments["kernel"](a, *p)
            assert law is not None
            quotient = integral(df, partial(_quotient, df, power)) / whole
            assert mpmath.almosteq(value(law), quotient, 1e-9)
        at, kernel = row.density(num(5), *p), (1 + mpmath.mpf(1) / df) ** (-mpmath.mpf(df + 1) / 2)
        assert mpmath.almosteq(mpmath.exp(value(at)), mpmath.sqrt(mpmath.pi) * kernel / whole / 3)


def _quotient(df: int, power: int, x: Any) -> Any:
    return x**power / (1 + x**2 / mpmath.mpf(df)) ** 2


def test_a_mean_that_is_infinite_has_no_value() -> None:
    """E[1/y] of the exponential distribution, and of the gamma and Weibull ones of small shape."""
    for family, shape in (("exponential", ()), ("gamma", (num(1, 2),)), ("weibull", (num(1, 2),))):
        law = FAMILIES[family].moments["power"]
        with pytest.raises(Undefined):
            value(law(num(-1), num(2), *shape))


def expected(loss: str, hessian: Any, wrt: Any, distribution: Any, domain: Any = None, **options: Any) -> Report:
    """A claim of an expected Hessian."""
    options = {"hessian_kind": "fisher", "dtypes": (), **options}
    return derive.check(loss, None, hessian, wrt, distribution=distribution, domain=domain, **options)


PROBIT = "-(y*log(normcdf(z)) + (1 - y)*log(1 - normcdf(z)))"
NORMAL, LAPLACE = "u + (y - m)**2/(2*exp(2*u))", "u + abs(y - m)/exp(u)"
TWO = "log(exp(a) + exp(b)) - v*a - w*b"
SHARES = "categorical(exp(a)/(exp(a) + exp(b)), exp(b)/(exp(a) + exp(b)))"
GAMMA = "loggamma(exp(a)) - exp(a)*(a - b) - (exp(a) - 1)*log(y) + y*exp(a - b)"
WEIBULL = "exp((log(y) - z)/s) - (log(y) - z)/s + log(s)"
T, CAUCHY = "(n + 1)/2*log(1 + (y - m)**2/(n*s**2)) + log(s)", "u + log(1 + (y - m)**2/exp(2*u))"
SHAPE = "-(log(k) + (k - 1)*log(y/s) - log(s) - (y/s)**k)"
LABEL, POSITIVE = {"y": "{0, 1}"}, {"y": "positive"}
#: loss, right, wrong twins, wrt, distribution, domain
CLAIMS: list[tuple[Any, ...]] = [
    ("exp(z) - y*z", "exp(z)", ["exp(2*z)", "y", "1"], "z", "y ~ poisson(exp(z))", {}),
    (PROBIT, "normpdf(z)**2/(normcdf(z)*normcdf(-z))", ["normpdf(z)"], "z", "y ~ bernoulli(normcdf(z))", LABEL),
    ("(y + s)*log(s + exp(z)) - y*z", "s*exp(z)/(s + exp(z))", ["exp(z)"], "z",
     "y ~ negative binomial(exp(z), s)", {"s": "positive"}),
    ("n*log(1 + exp(z)) - y*z", "n*sigmoid(z)*sigmoid(-z)", ["sigmoid(z)*sigmoid(-z)"], "z",
     "y ~ binomial(n, sigmoid(z))", {"n": "positive integer"}),
    (NORMAL, ["exp(-2*u)", "2"], [["exp(-2*u)", "1"], ["exp(-u)", "2"]], ["m", "u"], "y ~ normal(m, exp(u))", {}),
    (LAPLACE, ["exp(-2*u)", "1"], [["0", "1"], ["exp(-2*u)", "2"]], ["m", "u"], "y ~ laplace(m, exp(u))", {}),
    (TWO, ["exp(a)*exp(b)/(exp(a) + exp(b))**2"]*2, [["exp(a)/(exp(a) + exp(b))"]*2], ["a", "b"],
     {"v, w": SHARES}, {"v, w": "one-hot"}),
    (GAMMA, ["exp(2*a)*polygamma(1, exp(a)) - exp(a)", "exp(a)"], [["exp(2*a)*polygamma(1, exp(a))", "exp(a)"]],
     ["a", "b"], "y ~ gamma(exp(b), exp(a))", POSITIVE),
    (WEIBULL, "1/s**2", ["1/s", "exp((log(y) - z)/s)/s**2"], "z", "y ~ weibull(exp(z), 1/s)",
     {"y": "positive", "s": "positive"}),
    ("log(s) + (log(y) - m)**2/(2*s**2)", ["1/s**2", "2/s**2"], [["1/s**2", "1/s**2"]], ["m", "s"],
     "y ~ lognormal(m, s)", {"y": "positive", "s": "positive"}),
    (T, [["(n + 1)/((n + 3)*s**2)", "0"], ["0", "2*n/((n + 3)*s**2)"]],
     [[["(n + 1)/((n + 3)*s**2)", "0"], ["0", "n/((n + 3)*s**2)"]], [["1/s**2", "0"], ["0", "2*n/((n + 3)*s**2)"]]],
     ["m", "s"], "y ~ student t(n, m, s)", {"n": "positive", "s": "positive"}),
    (CAUCHY, ["exp(-2*u)/2", "1/2"], [["exp(-2*u)", "1/2"], ["exp(-2*u)/2", "1"]], ["m", "u"],
     "y ~ cauchy(m, exp(u))", {}),
    (SHAPE, [["(pi**2/6 + (1 - EulerGamma)**2)/k**2", "-(1 - EulerGamma)/s"], ["-(1 - EulerGamma)/s", "k**2/s**2"]],
     [[["pi**2/6/k**2", "-(1 - EulerGamma)/s"], ["-(1 - EulerGamma)/s", "k**2/s**2"]]], ["k", "s"],
     "y ~ weibull(s, k)", {"y": "positive", "k": "positive", "s": "positive"}),
    ("log(m) + y/m", "1/m**2", ["2/m**2"], "m", "y ~ exponential(m)", {"y": "positive", "m": "positive"}),
    ("loggamma(a) - loggamma(a + 2) - a*log(y)", "polygamma(1, a) - polygamma(1, a + 2)", ["polygamma(1, a)"], "a",
     "y ~ beta(a, 2)", {"y": "(0, 1)", "a": "positive"}),
    ("k*(y - exp(z))**2/(2*y*exp(2*z))", "k*exp(-z)", ["k"], "z", "y ~ inverse gaussian(exp(z), k)",
     {"y": "positive", "k": "positive"}),
]  # fmt: skip


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: str(c[4]))
def test_an_expected_hessian_is_proved_and_its_twins_are_refused(claim: tuple[Any, ...]) -> None:
    """The right one is proved; each of the wrong ones is refuted with a witness."""
    loss, right, wrong, wrt, distribution, domain = claim
    report = expected(loss, right, wrt, distribution, domain)
    assert (report.status, report.hessian_kind) == ("proved", "fisher"), report
    for twin in wrong:
        other = expected(loss, twin, wrt, distribution, domain)
        assert other.answer == "wrong-hessian", twin
        assert other.hessian is not None
        assert other.hessian.witness is not None


FOUND = [claim for claim in CLAIMS if claim[0] in (T, CAUCHY, SHAPE)]


@pytest.mark.parametrize("claim", FOUND, ids=lambda c: str(c[4]))
def test_the_distribution_is_found_in_the_loss(claim: tuple[Any, ...]) -> None:
    """Where none is stated, and the loss is minus the log density of one; of another one it is wrong."""
    loss, right, wrong, wrt, _, domain = claim
    for kind in (None, "fisher"):
        report = expected(loss, right, wrt, None, domain, hessian_kind=kind)
        assert report.hessian_kind == "fisher"
    assert all(expected(loss, twin, wrt, None, domain, hessian_kind=None).answer == "wrong-hessian" for twin in wrong)
    other = loss.replace("(n + 1)/2", "(n + 2)/2").replace("u + log(", "u + 2*log(").replace("(k - 1)", "(k - 2)")
    assert expected(other, right, wrt, None, domain, hessian_kind=None).answer == "wrong-hessian"


def test_without_a_kind_it_is_recognised() -> None:
    """Poisson with the square as its link: 4 in expectation, and 2 + 2y/z² exactly."""
    claim = ("z**2 - 2*y*log(z)", "4", "z", "y ~ poisson(z**2)", {"z": "positive"})
    assert expected(*claim, hessian_kind=None).hessian_kind == "fisher"
    exact = ("z**2 - 2*y*log(z)", "2 + 2*y/z**2", *claim[2:])
    assert expected(*exact, hessian_kind=None).ok
    assert expected(*exact).status == "refuted"


def test_under_another_distribution_it_is_another_one() -> None:
    """The squared loss is no log density of Poisson data, and has an expected Hessian all the same."""
    report = expected("(exp(z) - y)**2/2", "exp(2*z)", "z", "y ~ poisson(exp(z))")
    assert report.hessian is not None
    assert (report.status, report.hessian.says.split(":")[0]) == ("proved", "an expected Hessian")
    assert expected("(exp(z) - y)**2/2", "exp(2*z)", "z", "y ~ poisson(2*exp(z))").status == "refuted"


def test_what_is_not_known_is_unknown() -> None:
    """A mean that may be negative, a kink under a loss that is no log density, a statistic without a known mean."""
    cases = [
        ("z + y*exp(-z)", "1", "z", "y ~ poisson(z)", "is positive"),
        ("abs(y - z)", "1", "z", "y ~ normal(z, 1)", "kink"),
        ("log(1 + (y - z)**2)", "1/2", "z", "y ~ normal(z, 1)", "not known"),
    ]
    for loss, hessian, wrt, distribution, why in cases:
        report = expected(loss, hessian, wrt, distribution)
        assert report.hessian is not None
        assert report.status == "unknown"
        assert why in report.hessian.reason


@pytest.mark.parametrize(
    ("distribution", "message"),
    [
        ("poison(exp(z))", "did you mean 'poisson'"),
        ("y ~ poisson(exp(z), 2)", "has the parameters mean"),
        ("y ~ normal(sd=1, sd=2)", "has the parameters mean, sd"),
        ("q ~ poisson(exp(z))", "does not depend on it"),
        ("z ~ poisson(1)", "derivatives are taken in it"),
        ("y ~ normal(y, 1)", "has a distribution itself"),
        ("y ~ normal(k, 1)", "give it a domain"),
        ("poisson", "such as poisson"),
        ("y ~ poisson(exp(z", "cannot read"),
        ("y ~ poisson(__import__('os'))", "column 1"),
        ({"y": "poisson(exp(z))", "y ": "poisson(1)"}, "two distributions"),
    ],
)
def test_a_distribution_that_cannot_be_read(distribution: Any, message: str) -> None:
    """The message says what is wrong, and which way out there is."""
    with pytest.raises(DeriveError, match=message.replace("(", r"\(")):
        expected("exp(z) - y*z", "exp(z)", "z", distribution)


def test_parameters_by_name() -> None:
    """In any order."""
    assert expected(NORMAL, ["exp(-2*u)", "2"], ["m", "u"], "y ~ normal(sd=exp(u), mean=m)").ok


@pytest.mark.usefixtures("in_process")
def test_on_the_command_line() -> None:
    """`--distribution` once for each variable; the exit code is that of the verdict."""
    claim = ["check", "--loss", "exp(z) - y*z", "--wrt", "z", "--hessian-kind", "fisher", "--distribution"]
    fine = CliRunner().invoke(main, [*claim, "y ~ poisson(exp(z))", "--hessian", "exp(z)"])
    assert (fine.exit_code, "fisher" in fine.output) == (0, True), fine.output
    assert CliRunner().invoke(main, [*claim, "y=poisson(exp(z))", "--hessian", "exp(2*z)"]).exit_code == 1
    assert CliRunner().invoke(main, [*claim, "poisson(exp(z))", "--hessian", "exp(z)"]).exit_code == 2
