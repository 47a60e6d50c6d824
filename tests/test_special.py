"""The special functions of generated code, against SciPy where it has them, and against 50 digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from scipy import special as sc

from derive.compiled.special import SPECIAL

Z = np.array([-700.0, -40, -8, -4.001, -3.999, -1, -1e-8, 0, 1e-8, 0.5, 1, 3, 5.7, 5.9, 6.4, 6.6])
X = np.array([1e-8, 0.01, 0.5, 1, 1.4616, 3, 9.5, 40, 1e6])


@pytest.mark.parametrize(
    ("name", "theirs", "at"),
    [
        ("normcdf", sc.ndtr, Z[1:]),
        ("log_normcdf", sc.log_ndtr, Z),
        ("loggamma", sc.gammaln, X),
        ("digamma", sc.digamma, X),
        ("trigamma", lambda x: sc.polygamma(1, x), X),
        ("mills", lambda z: np.sqrt(2 / np.pi) / sc.erfcx(-z / np.sqrt(2)), Z),
    ],
)
def test_agrees_with_scipy(name: str, theirs: Callable[[Any], Any], at: Any) -> None:
    """Values of SciPy's function of the same meaning."""
    np.testing.assert_allclose(SPECIAL[name](at), theirs(at), rtol=1e-12, atol=1e-14)


EXACT: dict[str, Callable[[Any], Any]] = {
    "mills_above": lambda z: z + mp.npdf(z) / mp.ncdf(z),
    "log_cloglog": lambda z: mp.log(-mp.expm1(-mp.exp(z))),
    "cloglog_ratio": lambda z: mp.exp(z) / mp.expm1(mp.exp(z)),
    "cloglog_bend": lambda z: mp.exp(z) * ((mp.exp(z) - 1) * mp.exp(mp.exp(z)) + 1) / mp.expm1(mp.exp(z)) ** 2,
    "logcosh": lambda z: mp.log(mp.cosh(z)),
}


@pytest.mark.parametrize("name", EXACT)
def test_agrees_with_many_digits(name: str) -> None:
    """Values computed with 800 digits, in both tails and where one form takes over from another."""
    with mp.workdps(800):
        wanted = np.array([float(EXACT[name](mp.mpf(float(z)))) for z in Z[1:]])
    np.testing.assert_allclose(SPECIAL[name](Z[1:]), wanted, rtol=1e-12, atol=1e-300)
