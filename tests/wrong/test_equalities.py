"""The gallery of equalities that a plausible prover would accept and must not: each with the reason.

Every verdict is compared with values by mpmath, which shares no code with the prover. Every false claim is asked twice:
as it is, and behind a gate that hides it from a quick look at a few points, so that only the proof can go wrong.
"""

# ruff: noqa: E501  (a claim stays on one line)

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from derive.certificate import Proved, Refuted
from derive.domain import Domain
from derive.prove import prove_terms
from derive.terms.term import Term, make
from derive.terms.text import parse_formula

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from fuzzing.judge import confirmed, look, places
from fuzzing.rewrites import gated, hidden

N: Mapping[str, str] = {"n": "positive integer"}
NM: Mapping[str, str] = {"n": "positive integer", "m": "positive integer"}
K: Mapping[str, str] = {"k": "integer"}
LABEL: Mapping[str, str] = {"y": "{0, 1}"}


class Row(NamedTuple):
    """A claim, where it is made, and why it must be refused."""

    left: str
    right: str
    why: str
    domain: Mapping[str, str] = {}

    @property
    def sides(self) -> tuple[Term, Term, Domain]:
        """The terms and the domain."""
        return parse_formula(self.left), parse_formula(self.right), Domain.of(dict(self.domain))


#: false somewhere: refuted by a witness
REFUTED = [
    Row("sqrt(z**2)", "z", "a root is not negative: false for z < 0"),
    Row("sqrt(z**2)", "-z", "false for z > 0"),
    Row("((-x)**2)**(1/2)", "-x", "the square loses the sign"),
    Row("log(z**2)", "2*log(abs(z)) + 1 - sign(z)", "right for z > 0 only, and both sides have values for z < 0"),
    Row("log(x*y)", "log(abs(x)) + log(abs(y)) + heaviside(-x)", "both factors negative is a case of its own"),
    Row("(x**2)**(1/2)*(y**2)**(1/2)", "x*y", "the signs of two roots"),
    Row("(x**2)**(1/4)", "sign(x)*sqrt(abs(x))", "an even root of a square does not know the sign"),
    Row("cbrt(x)", "sqrt(abs(x))**(2/3)", "an odd root has a sign"),
    Row("(x**4)**(1/4)", "x", "an even denominator"),
    Row("0**x", "0", "0^0 = 1", {"x": "nonnegative"}),
    Row("0**(x**2)", "0", "0^0 = 1, at x = 0 only"),
    Row("0**abs(x)", "1 - sign(abs(x - 1/3))", "0^0 = 1 at x = 0, not at 1/3"),
    Row("(-1)**k", "(-1)**(k + 1)", "parity", K),
    Row("(-1)**(k**2)", "1", "an odd square is odd", K),
    Row("(-2)**k", "2**k", "the parity of k", K),
    Row("sin(pi*x)", "0", "true for whole numbers only"),
    Row("cos(2*pi*x)", "1", "e^(2πix) = 1 for whole numbers only"),
    Row("(exp(2*pi))**z", "1", "e^(2πi) = 1 has an i in it"),
    Row("exp(2*pi*z)", "exp(pi*z)", "periods are imaginary"),
    Row("asin(sin(x))", "x", "true in [-π/2, π/2] only"),
    Row("acos(cos(x))", "abs(x)", "true in [-π, π] only"),
    Row("atan(tan(x))", "x", "true between two poles only"),
    Row("acosh(cosh(x))", "x", "acosh is not negative"),
    Row("atan(x) + atan(1/x)", "pi/2", "-π/2 for x < 0"),
    Row("2*atan(x)", "atan(2*x/(1 - x**2))", "another branch for |x| > 1"),
    Row("atan(x) + atan(y)", "atan((x + y)/(1 - x*y))", "another branch for xy > 1"),
    Row("floor(x + 1/2)", "floor(x) + 1", "for a fraction part of at least 1/2 only"),
    Row("floor(-x)", "-floor(x)", "for whole x only"),
    Row("sign(x)**2", "1", "sign(0) = 0"),
    Row("sign(x)", "2*heaviside(x) - 1 + Piecewise((1, Eq(x, 0)), (0, True))", "sign(0) = 0 = 2·½ − 1"),
    Row("heaviside(x)", "Piecewise((1, x >= 0), (0, True))", "heaviside(0) is 1/2"),
    Row("heaviside(x)", "Piecewise((1, x > 0), (0, True))", "heaviside(0) is 1/2, not 0"),
    Row("heaviside(x)**2", "heaviside(x)", "at 0 only"),
    Row("sign(x*y)", "sign(x)*sign(y) + delta(x, 0)*delta(y, 0)", "at the origin only"),
    Row("max(x, y)", "Piecewise((x, x > y), (y, x < y), (0, True))", "a tie has the common value"),
    Row("sign(max(x, 0))", "Piecewise((1, x >= 0), (0, True))", "the kink: at 0 only"),
    Row("Piecewise((1, x < 0), (2, True))", "Piecewise((1, x <= 0), (2, True))", "< and <= differ at the boundary"),
    Row("Piecewise((x, x < 1/3), (2 - x, True))", "Piecewise((x, x <= 1/3), (2 - x, True))", "a jump at 1/3 only"),
    Row("Piecewise((x**2/2, abs(x) <= 1), (abs(x) - 1/2, True))", "Piecewise((x**2/2, abs(x) <= 1), (abs(x), True))", "Huber with a jump"),
    Row("Piecewise((x**2, x < 1), (2*x - 1, True))", "x**2", "continuous with its derivative at the seam, and false beyond"),
    Row("Piecewise((z, abs(z) < 30), (z + exp(-z**2), True))", "z", "the tail |z| > 30"),
    Row("log(1 + exp(z))", "Piecewise((log(1 + exp(z)), z < 30), (z, True))", "z is close to softplus(z) beyond 30, not equal"),
    Row("softplus(z)", "max(z, 0)", "the smooth one is greater everywhere"),
    Row("sigmoid(z)", "Piecewise((sigmoid(z), z > -40), (0, True))", "a tail cut to 0"),
    Row("sigmoid(z)", "min(max(sigmoid(z), 1/10**15), 1)", "clipped far out"),
    Row("erfc(z)", "Piecewise((erfc(z), z < 28), (0, True))", "erfc never reaches 0"),
    Row("erf(z)", "Piecewise((erf(z), abs(z) < 6), (sign(z), True))", "erf never reaches 1"),
    Row("z*(1 + 1/10**9)", "z", "a relative error of 1e-9"),
    Row("sigmoid(z)*(1 + Piecewise((1/10**9, z > 35), (0, True)))", "sigmoid(z)", "a relative error of 1e-9 in a tail"),
    Row("y*z + Piecewise((1/10**9, Eq(y, 1)), (0, True))", "y*z", "wrong for one label, by 1e-9", LABEL),
    Row("y**2", "y", "labels in {-1, 1} are not in {0, 1}", {"y": "{-1, 1}"}),
    Row("-log(sigmoid(y*z))", "-log(sigmoid(z))", "wrong for one label", {"y": "{-1, 1}"}),
    Row("y*(1 - y)*z + z", "z", "one-hot algebra on a label of three values", {"y": "{0, 1, 2}"}),
    Row("abs(x)", "x", "positivity where only x >= -1/8 is known", {"x": "[-1/8, oo)"}),
    Row("log(1 + x) - log1p(abs(x))", "0", "positivity assumed on the last bit of a range", {"x": "(-1/100, oo)"}),
    Row("sign(x)", "1", "positive is not nonnegative", {"x": "nonnegative"}),
    Row("x**0 - 0**x", "1", "at x = 0 the powers are both 1", {"x": "nonnegative"}),
    Row("Sum(1, (i, 0, n - 1))", "n", "an empty sum is 0 for n < 0", {"n": "integer"}),
    Row("Sum(x, (i, 1, n))/x", "n", "n = -1", {"n": "integer"}),
    Row("Sum(x[i], (i, 0, n - 1))", "x[n - 1] + Sum(x[i], (i, 0, n - 2))", "nothing to split off for n = 0", {"n": "nonnegative integer"}),
    Row("Product(x[i], (i, 0, n - 1))", "0*Sum(x[i], (i, 0, n - 1))", "an empty product is 1", {"n": "nonnegative integer"}),
    Row("exp(z[0])/Sum(exp(z[k]), (k, 0, K - 1))", "sigmoid(z[0])", "K = 1 and K = 3 are not two classes", {"K": "positive integer"}),
    Row("Sum(exp(z[k])/Sum(exp(z[j]), (j, 0, K - 1)), (k, 0, K - 1))", "Sum(1, (k, 0, K - 1))", "probabilities add to 1, not to K", {"K": "positive integer"}),
    Row("Sum(x[i], (i, 0, n - 1))", "Sum(x[i], (i, 1, n))", "a range shifted by one, the index not", N),
    Row("Sum(x[i + 1], (i, 0, n - 1))", "Sum(x[i], (i, 0, n))", "one summand too many", N),
    Row("Sum(x[i], (i, 0, n - 1))", "Sum(x[j], (i, 0, n - 1))", "a bound index mistaken for a free one", {**N, "j": "0..n-1"}),
    Row("Sum(x[i]*n, (i, 0, n - 1))", "Sum(x[i]*i, (i, 0, n - 1))", "an index named like the size", N),
    Row("Sum(x[i]*_b1_0, (i, 0, n - 1))", "Sum(x[i]*i, (i, 0, n - 1))", "an odd name is still a name", N),
    Row("Sum(Sum(A[i, k], (k, 0, m - 1)), (i, 0, n - 1))", "Sum(Sum(A[i, k], (i, 0, m - 1)), (k, 0, n - 1))", "swapped sums keep their ranges", NM),
    Row("Sum(Sum(A[i, k], (k, 0, i)), (i, 0, n - 1))", "Sum(Sum(A[i, k], (i, 0, k)), (k, 0, n - 1))", "the other triangle", N),
    Row("Sum(Sum(A[i, k]*x[i], (k, 0, n - 1)), (i, 0, n - 1))", "Sum(Sum(A[k, i]*x[i], (k, 0, n - 1)), (i, 0, n - 1))", "transposed", N),
    Row("Sum(A[i, k]*x[k], (k, 0, n - 1))", "Sum(A[k, i]*x[k], (k, 0, n - 1))", "transposed, row i", {**N, "i": "0..n-1"}),
    Row("Sum(x[i], (i, 0, n - 1))**2", "Sum(x[i]**2, (i, 0, n - 1))", "the square of a sum"),
    Row("Sum(x[i]*y[i], (i, 0, n - 1))", "Sum(x[i], (i, 0, n - 1))*Sum(y[i], (i, 0, n - 1))/n", "the mean of products", N),
    Row("Sum(Sum(x[i]*x[k], (k, 0, n - 1)), (i, 0, n - 1))", "n*Sum(x[i]**2, (i, 0, n - 1))", "one index in place of two", N),
    Row("Sum(sign(x[i])*abs(x[i]), (i, 0, n - 1))", "Sum(abs(x[i]), (i, 0, n - 1))", "a sign lost under a sum", N),
    Row("Sum(abs(x[i]), (i, 0, n - 1))", "abs(Sum(x[i], (i, 0, n - 1)))", "the triangle inequality is no equality", N),
    Row("Sum(sign(x[i])**2, (i, 0, n - 1))", "n", "an entry that is 0", N),
    Row("Sum(where(i < n - 1, x[i], 0), (i, 0, n - 1))", "Sum(x[i], (i, 0, n - 1))", "the last summand", N),
    Row("Sum(where(i > 0, x[i], 0), (i, 0, n - 1))", "Sum(x[i], (i, 0, n - 1))", "the first summand", N),
    Row("tanh(Sum(abs(x[i]), (i, 0, n - 1)))", "tanh(Sum(x[i], (i, 0, n - 1)))", "a sign under a sum under a function", N),
    Row("Sum(max(x[i], y[i]), (i, 0, n - 1))", "max(Sum(x[i], (i, 0, n - 1)), Sum(y[i], (i, 0, n - 1)))", "the sum of the largest", N),
    Row("Sum(abs(x[i]), (i, 0, n - 1))", "Sum(abs(x[i + 1]), (i, 0, n - 1))", "shifted entries", N),
    Row("Sum(abs(x[i]), (i, 0, n - 1))*2", "Sum(abs(x[i]), (i, 0, n - 1)) + n*abs(x[0])", "one entry for all", N),
    Row("Sum(Sum(max(x[i], y[j]), (j, 0, n - 1)), (i, 0, n - 1))", "Sum(Sum(max(x[j], y[i]), (j, 0, n - 1)), (i, 0, m - 1))", "another range", NM),
    Row("Sum(max(x[i], 0)*a, (i, 0, n - 1))", "Sum(max(x[i]*a, 0), (i, 0, n - 1))", "a < 0", N),
    Row("Product(abs(x[i]), (i, 0, n - 1))", "Product(x[i], (i, 0, n - 1))", "signs of factors", N),
    Row("Sum(where(x[i] > 0, log(x[i]), 0), (i, 0, n - 1))", "Sum(log(abs(x[i])), (i, 0, n - 1))", "entries below 0 count 0", N),
    Row("Sum(where(x[i] > 0, sqrt(x[i]), 0)**2, (i, 0, n - 1))", "Sum(x[i], (i, 0, n - 1))", "the branch that is undefined elsewhere", N),
    Row("Sum(abs(x[i] - x[j]), (i, 0, n - 1))", "Sum(abs(x[i]), (i, 0, n - 1)) + n*abs(x[j])", "the triangle again", {**N, "j": "0..n-1"}),
    Row("Sum(where(Eq(i, j), x[i], 0), (i, 0, n - 1))", "x[j]", "j may be n", {**N, "j": "0..n"}),
    Row("Sum(where(Eq(i, y), 1, 0), (i, 0, n - 1))", "1", "a real number is seldom an index", {**N, "y": "[0, 1]"}),
    Row("Sum(max(delta(i, j), x[i]), (i, 0, n - 1))", "Sum(x[i], (i, 0, n - 1)) + 1 - x[j]", "an entry over 1", {**N, "j": "0..n-1"}),
    Row("Sum(where(Ne(i, j), x[i], 0), (i, 0, n - 1))", "Sum(x[i], (i, 0, n - 1))", "the entry that is left out", {**N, "j": "0..n-1"}),
    Row("Sum(where(Eq(i, j), 1, 1/(1 + x[i]**2)), (i, 0, n - 1))", "Sum(1/(1 + x[i]**2), (i, 0, n - 1)) + 1", "the entry that is replaced", {**N, "j": "0..n-1"}),
    Row("(-1)**(k**2 + k + 1)", "(-1)**k", "parity of a square and of what is beside it", K),
    Row("(-1)**(k**3)", "(-1)**(k + 1)", "an odd cube is odd", K),
    Row("gamma(1 + 1/x)", "1/x**2*gamma(1/x)", "one step of the recurrence", {"x": "positive"}),
    Row("floor(1 + 1/x)", "floor(1/x)", "a whole number inside of floor counts"),
    Row("(1 + x)**20", "(1 + x)**19*(1 + x) + x*(1 + x)**3/10**9", "a small term in a large power"),
    Row("max(x, y, z)", "max(x, y)", "the third may be the largest"),
    Row("max(a, b, c, d)", "max(a, b, c)", "the fourth may be the largest"),
    Row("max(x, y, z)", "max(x, z, y) + where(Eq(x, y), 1, 0)", "on a tie only"),
    Row("sign(max(x, y, z) - x)", "1", "x may be the largest"),
    Row("max(x, y)", "x", "intervals that overlap", {"x": "[0, 2]", "y": "[1, 3]"}),
    Row("abs(x + y - 1)", "1 - x - y", "the corner of a square", {"x": "[0, 1]", "y": "[0, 1]"}),
    Row("sign(x**2 + x + 1/4)", "1", "a double root"),
    Row("sign(x**2 + x*y + y**2)", "1", "a form that is positive except at the origin"),
    Row("sign(-x**2 - x - 1)", "1", "a negative leading coefficient"),
    Row("abs(x**2 + x - 1/10**9)", "x**2 + x - 1/10**9", "negative near -1/2"),
    Row("max(a, b, c, d, e, f, g)", "max(a, b, c, d, e, f, -g)", "the last of many"),
    Row("max(a, b, c, d, e, f, g)", "-min(a, b, c, d, e, f, g)", "signs in many arguments"),
    Row("abs(a) + abs(b) + abs(c) + abs(d) + abs(x) + abs(y) + abs(z)", "abs(a) + abs(b) + abs(c) + abs(d) + abs(x) + abs(y) + z", "the sign of the last of many"),
    Row("sign(a) + sign(b) + sign(c) + sign(d) + sign(x) + sign(y)", "sign(a) + sign(b) + sign(c) + sign(d) + sign(x) - sign(-y) + (1 - sign(y)**2)", "the last of many may be 0"),
    Row("sin(pi*k/2)", "0", "for even k only", K),
    Row("cos(pi*k)", "1", "for even k only", K),
    Row("sin(x + pi)", "sin(x)", "half a period"),
    Row("sin(x + pi/2)", "-cos(x)", "a quarter of a period the wrong way"),
    Row("tan(x + pi/2)", "tan(x)", "half a period of tan"),
    Row("cos(pi/3)", "sqrt(3)/2", "that is the sine"),
    Row("cos(7*pi/6)", "sqrt(3)/2", "the third quadrant"),
    Row("atan(1)", "pi/3", "a quarter of a right angle too much"),
    Row("asin(-1/2)", "pi/6", "asin is odd"),
    Row("atan(-sqrt(3))", "2*pi/3", "atan lies between -pi/2 and pi/2"),
    Row("cos(asin(x))", "-sqrt(1 - x**2)", "the cosine of what asin gives is not negative"),
    Row("sin(acos(x))", "-sqrt(1 - x**2)", "the sine of what acos gives is not negative"),
    Row("sin(atan(x))", "1/sqrt(1 + x**2)", "that is the cosine"),
    Row("sin(2*asin(x))", "2*x*(1 - x**2)", "a root is missing"),
    Row("cos(pi*k*j)", "(-1)**(k + j)", "a product is odd where both factors are", {**K, "j": "integer"}),
    Row("Sum(x[n - i], (i, 0, n - 1))", "Sum(x[i], (i, 0, n - 1))", "turned round, and one too far", N),
    Row("Sum(i*x[n - 1 - i], (i, 0, n - 1))", "Sum(i*x[i], (i, 0, n - 1))", "only the entries turned round", N),
    Row("Sum(x[i]*x[n - 1 - i], (i, 0, n - 1))", "Sum(x[i]**2, (i, 0, n - 1))", "one of two factors turned round", N),
    Row("Sum(x[i] - x[i - 1], (i, 1, n))", "x[n] - x[1]", "the first term of a telescope", N),
    Row("Sum(x[i], (i, 0, n))", "Sum(x[i], (i, 0, n - 1)) + x[n - 1]", "the last summand", N),
    Row("Sum(x[i], (i, 1, n - 1))", "Sum(x[i], (i, 0, n - 1))", "the first summand is left out", N),
    Row("Sum(x[i], (i, 0, n - 4))", "Sum(x[i], (i, 0, n - 1)) - x[n - 1] - x[n - 2] - x[n - 3]", "n < 3: the range is empty", N),
    Row("Sum(i, (i, 0, n - 1))", "n*(n + 1)/2", "n summands from 0", N),
    Row("Sum(i**2, (i, 1, n))", "n*(n + 1)*(2*n + 1)/6 + (n - 1)*(n - 2)", "right for n = 1 and n = 2", N),
    Row("Product(x, (i, 0, n - 1))", "abs(x)**n", "odd powers of negative numbers", N),
    Row("Product(x, (i, 0, n - 2))*x**2", "Product(x, (i, 0, n - 1))", "one factor too many", N),
    Row("Sum(log(x[i + 1]), (i, 0, n - 1))", "Sum(log(x[i + 1]), (i, 0, n - 1)) + where(x[0] < 0, 1, 0)", "an entry that the sum does not meet may be negative", {**N, "x": "[-1/8, 8]"}),
    Row("Sum(y[i], (i, 0, K - 2))", "1", "the last entry is left out", {"K": "positive integer", "y": "one-hot(K)"}),
    Row("Sum(y[i], (i, 1, K - 1))", "1 - y[1]", "the first entry is left out", {"K": "[3, oo) integer", "y": "one-hot(K)"}),
    Row("where((z - y < g) & (z - y > -g), 1, 0)", "where((z - y < g) & (z - y > -g), where(abs(z) > 30, 1 + 1/10**9, 1), 0)", "a strip, in its tails", {"g": "positive"}),
    Row("Sum(delta(i, j)*x[i], (i, 0, n - 1))", "x[j]", "j may be n", {**N, "j": "0..n"}),
    Row("Sum(delta(i, j), (i, 0, n - 1))", "1", "j is out of range", {**N, "j": "integer"}),
    Row("diff(Sum(theta[i]**2, (i, 0, n - 1)), theta[j])", "2*theta[j]", "j may be n", {**N, "j": "0..n"}),
    Row("diff(Sum(theta[i]**2, (i, 1, n - 1)), theta[j])", "2*theta[j]", "the bias is not penalised", {**N, "j": "0..n-1"}),
    Row("Product(x[i], (i, 0, n - 1))**2", "Product(x[i], (i, 0, n - 1))*abs(Product(x[i], (i, 0, n - 1)))", "a product may be negative", N),
    Row("Product(2*x[i], (i, 0, n - 1))", "2*Product(x[i], (i, 0, n - 1))", "2^n", N),
    Row("gamma(x)*gamma(1 - x)*sin(pi*x)", "pi/x", "reflection with a slip"),
    Row("gamma(x + 1)", "gamma(x)", "the recurrence has a factor x"),
    Row("polygamma(0, x + 1)", "polygamma(0, x) - 1/x", "the sign of the recurrence"),
    Row("polygamma(1, x + 1)", "polygamma(1, x) + 1/x**2", "the sign of the recurrence of ψ′", {"x": "positive"}),
    Row("loggamma(x + 2)", "loggamma(x) + log(x) + log(x + 2)", "a shift by one too many", {"x": "positive"}),
    Row("xlogy(x, y)", "xlogy(y, x)", "not symmetric", {"x": "[0, oo)", "y": "positive"}),
    Row("xlogy(x, abs(y))", "Piecewise((1, Eq(x, 0)), (x*log(abs(y)), True))", "0 log 0 is 0"),
    Row("xlogy(x - 37/41, 1 + log(z)**2)", "Piecewise((abs(z) - z, Eq(x, 37/41)), (xlogy(x - 37/41, 1 + log(z)**2), True))", "0 log y is 0 whatever y"),
    Row("Piecewise(((-1)**k, Eq(k, 2*x + 17/3)), (0, True))", "0", "a whole number on a line", K),
    Row("exp(pi*sqrt(163))", "262537412640768744", "equal to 12 digits after the point"),
    Row("pi", "355/113", "7 digits"),
    Row("exp(pi) - pi", "20", "4 digits"),
    Row("22*pi**4", "2143", "9 digits"),
    Row("exp(-exp(7))", "0", "positive, with 476 zeros"),
    Row("exp(500) + 1 - exp(500)", "1 + exp(-1000)", "more digits cancel than a double has"),
    Row("10**40 + z - 10**40", "z + 1/10**40", "forty digits cancel"),
    Row("(1 + 1/10**30)**2 - 1 - 2/10**30", "0", "1e-60 is not 0"),
    Row("log(1 + exp(-900))", "0", "smaller than every double"),
    Row("x**1000", "x**1002*(1 - x**2) + x**1004", "the even powers near 1"),
    Row("(1 + x)**12", "1 + 12*x + 66*x**2 + 220*x**3 + x**12", "a few binomial terms"),
    Row("x**p - y**p", "(x - y)**p", "not linear", {"p": "positive", "x": "positive", "y": "positive"}),
    Row("(x*y)**a", "x**a*y", "the exponent of one factor", {"x": "positive", "y": "positive"}),
    Row("(x**a)**b", "x**(a + b)", "exponents multiply", {"x": "positive"}),
    Row("exp(a*log(x))", "x**(a + 1/10**9)", "an exponent off by 1e-9", {"x": "positive"}),
    Row("-y*log(sigmoid(z)) - (1 - y)*log(sigmoid(-z))", "-log(y*sigmoid(z) + (1 - y)*sigmoid(-z))", "true for labels 0 and 1, not between", {"y": "[0, 1]"}),
    Row("2*(mu**(2 - p)/(2 - p) - y*mu**(1 - p)/(1 - p))", "2*(mu - y*log(mu))", "Tweedie is not Poisson next to p = 1", {"p": "(1, 2)", "mu": "positive", "y": "nonnegative"}),
    Row("x*y", "y*x + z", "a variable of one side only"),
    Row("logit(p)", "log(p) - log(1 + p)", "a sign", {"p": "(0, 1)"}),
    Row("tanh(z)", "2*sigmoid(z) - 1", "half the argument"),
    Row("normcdf(z)", "sigmoid(1.702*z)", "an approximation"),
    Row("gelu + z*normcdf(z)", "gelu + z*(1 + tanh(sqrt(2/pi)*(z + 0.044715*z**3)))/2", "the approximation by tanh"),
    Row("exp(z)/(1 + exp(z))**2", "sigmoid(z)*(1 + sigmoid(z))", "a sign in the second derivative"),
    Row("clip(z, 0, 6)", "min(max(z, 0), 6 + 1/10**9)", "a bound off by 1e-9"),
    Row("lambertw(z)*exp(lambertw(z))", "z + 1/10**9", "off by 1e-9", {"z": "nonnegative"}),
    Row("diff(abs(x**2), x)", "2*x*sign(x)", "touches 0 and does not cross it"),
    Row("diff(x*heaviside(x**2), x)", "1 + Piecewise((1/2, Eq(x, 0)), (0, True))", "the same, wrong at the point only"),
    Row("diff(max(x**2, x**4), x)", "Piecewise((4*x**3, abs(x) < 1), (2*x, True))", "the branches exchanged"),
    Row("diff(abs((x - y)**2), x)", "2*(x - y)*sign(x - y)", "touches along a line"),
    Row("diff(max(x, x), x)", "1 + sign(x - x + 1)/2", "a tie everywhere"),
    Row("Sum(delta(n - 1 - i, j)*v[i], (i, 0, n - 1))", "v[j]", "the index is turned round", {**N, "j": "0..n-1"}),
    Row("Sum(delta(n - i, j), (i, 0, n - 1))", "1", "n - j is no index for j = 0", {**N, "j": "0..n-1"}),
    Row("Sum(delta(i + 1, j)*v[i], (i, 0, n - 1))", "v[j - 1]", "no index for j = 0", {**N, "j": "0..n-1"}),
    Row("Sum(delta(2*i, j), (i, 0, n - 1))", "1", "no index for an odd j", {**N, "j": "0..n-1"}),
    Row("log((x - sqrt(x**2 + 1))**2)", "2*log(x + sqrt(x**2 + 1)) + 1/10**9", "off by 1e-9"),
    Row("sqrt((x - sqrt(x**2 + 1))**2)", "x - sqrt(x**2 + 1)", "the root is positive"),
    Row("abs(p**3 - p + 1/3)", "p**3 - p + 1/3", "negative between two roots", {"p": "positive"}),
    Row("abs(x**4*y**4 - 3*x**2*y**2 + 1)", "x**4*y**4 - 3*x**2*y**2 + 1", "a square of xy between two roots"),
    Row("Piecewise((log(1 - p), Eq(w, 37/41)), (0, True))", "Piecewise((log(1 + p), Eq(w, 37/41)), (0, True))", "at one w, and p < 1, only", {"p": "positive"}),
]  # fmt: skip

#: equal wherever both sides have a value, and not the same function: never without a word about it
FLAGGED = [
    Row("log(z**2)", "2*log(z)", "the right side needs z > 0"),
    Row("sqrt(z)**2", "z", "the left side needs z >= 0"),
    Row("x/x", "1", "0/0"),
    Row("(x**2 - 1)/(x - 1)", "x + 1", "a removable singularity"),
    Row("x**2/x", "x", "0/0 again"),
    Row("x**(-1)*x**2", "x", "a hole at 0"),
    Row("y/y", "1", "a label that may be 0", LABEL),
    Row("log(x*y)", "log(x) + log(y)", "both negative"),
    Row("log(x/y)", "log(x) - log(y)", "both negative"),
    Row("sqrt(x*y)", "sqrt(x)*sqrt(y)", "both negative"),
    Row("sqrt(x/y)", "sqrt(x)/sqrt(y)", "both negative"),
    Row("(x**2)**(1/3)", "x**(2/3)", "x < 0"),
    Row("(x**3)**(1/3) + sqrt((x + 1)**2)", "x + abs(x + 1)", "x < 0"),
    Row("(x**a)**b", "x**(a*b)", "0 to negative powers", {"x": "nonnegative", "a": "[-2, -1]", "b": "[-2, -1]"}),
    Row("x**a*x**b", "x**(a + b)", "at x = 0"),
    Row("exp(log(x))", "x", "x <= 0"),
    Row("exp(2*log(x))", "x**2", "x <= 0"),
    Row("tan(x)", "sin(2*x)/(1 + cos(2*x)) + tan(x)*0/x", "at 0 and at the poles"),
    Row("abs(x) + sqrt(x)**2", "abs(x) + x", "x < 0 is a region of its own"),
    Row("log(x*y) + sqrt(x)**2", "log(x*y) + x", "x, y < 0"),
    Row("Piecewise((x, x > 0))", "x", "no branch for x <= 0"),
    Row("x/abs(x)", "sign(x)", "at 0"),
    Row("xlogy(x, x)", "x*log(x)", "0 log 0"),
    Row("xlogy(x, y)", "x*log(y)", "x = 0, y <= 0"),
    Row("diff(log(x), x)", "1/x", "log has no derivative for x < 0"),
    Row("diff(sqrt(x)**4, x)", "2*x", "x < 0"),
    Row("tanh(atanh(x))", "x", "|x| >= 1"),
    Row("cosh(acosh(x))", "x", "x < 1"),
    Row("sigmoid(logit(p))", "p", "p outside (0, 1)"),
    Row("logit(p)", "log(p/(1 - p)) + 0/p + 0*sqrt(p - 1/2)", "p < 1/2", {"p": "(0, 1)"}),
    Row("logit(p) + log(1 - p)", "log(p)", "p >= 1"),
    Row("x**(y - y)", "1", "the exponent 0 is written so that x < 0 has no power"),
    Row("0*log(x)", "0", "log of what is not positive"),
    Row("gamma(x + 1)", "x*gamma(x)", "at x = 0"),
    Row("gamma(x) + 1 - gamma(x)", "1", "the poles of both parts"),
    Row("polygamma(0, x) + 1 - polygamma(0, x)", "1", "the poles of both parts"),
    Row("loggamma(x + 1)", "loggamma(x) + log(x)", "-1 < x <= 0"),
    Row("Sum(log(x[i]), (i, 0, n - 1))*0", "0", "an entry that is not positive", {**N, "x": "[-1/8, 40]"}),
    Row("Sum(x[i]/x[i], (i, 0, n - 1))", "n", "an entry that is 0", N),
    Row("Sum(where(x[i] > 0, log(x[i]), 0), (i, 0, n - 1))", "Sum(where(x[i] > 0, log(x[i]), 0*sqrt(x[i])), (i, 0, n - 1))", "a root below 0", N),
    Row("Sum(log(abs(x[i])), (i, 0, n - 1))*0", "0", "the logarithm of 0 under a choice", {**N, "x": "{-1, 0, 1}"}),
    Row("abs(a) + abs(b) + abs(c) + abs(d) + abs(x) + abs(y) + abs(log(z)) - abs(log(z))", "abs(y) + abs(x) + abs(d) + abs(c) + abs(b) + abs(a)", "a logarithm that cancels", {"z": "[-1/8, 1/8]"}),
    Row("Sum(delta(i, 0)*log(x[i]), (i, 0, n - 1))", "log(x[0])", "the other entries need a logarithm too", N),
    Row("Sum(delta(i, j)/x[i], (i, 0, n - 1))", "1/x[j]", "another entry that is 0", {**N, "j": "0..n-1", "x": "[-1/8, 1/8]"}),
    Row("((mu**(2 - p))*(1 - p))/(1 - p)", "mu**(2 - p)", "Tweedie at p = 1", {"mu": "positive"}),
    Row("mu**(1 - p)*mu/(2 - p)*(2 - p)", "mu**(2 - p)", "Tweedie at p = 2", {"mu": "positive"}),
    Row("(exp(z) - 1)/(exp(z/2) - 1)", "exp(z/2) + 1", "at z = 0"),
    Row("1/(1/z)", "z", "at z = 0"),
    Row("(x - y)/(sqrt(x) - sqrt(y))", "sqrt(x) + sqrt(y)", "x = y"),
    Row("log(sqrt(x**2 - 1))", "log(x**2 - 1)/2 + 0*log(x)", "x < -1"),
]  # fmt: skip

#: false, and beyond what a witness of some thousand bits can show: not proved, and not refuted without a witness
FALSE = [
    Row("Sum(delta(i, x), (i, 0, 3))", "1", "a real number is seldom an index", {"x": "[0, 3]"}),
    Row("(2**9999)**2", "2**19998 + 1", "a number of 6,000 digits"),
    Row("1 + exp(-exp(9))", "1", "3,500 zeros after the point"),
]

#: false on a circle without a rational point, where a generator of the gamma function has a pole
POLES = [
    Row("gamma(x**2 + y**2 - 2)", "0", "the recurrence does not reach over the pole at 0"),
    Row("polygamma(0, x**2 + y**2 - 2)*(x**2 + y**2 - 3)", "1", "0/0 of the recurrence"),
    Row("abs(gamma(x**2 + y**2 - 2))", "0", "the sign of a pole times 0"),
    Row("loggamma(x**2 + y**2 - 2)", "7", "the logarithm of a pole times 0"),
]

#: no point has a value on both sides, or the question is not one: neither Proved nor an exception
NEVER_PROVED = [
    Row("log(-x**2 - 1)", "log(-x**2 - 1)", "defined nowhere"),
    Row("sqrt(-1 - x**2)", "x", "defined nowhere"),
    Row("1/(x - x)", "1/(x - x)", "division by zero everywhere"),
    Row("log(x) + log(-x)", "0", "each part is defined somewhere, never both"),
    Row("acosh(x) + asin(2*x)", "7", "no common point"),
    Row("tan(pi/2)", "0", "a pole"),
    Row("gamma(-2)", "gamma(-2)", "a pole"),
    Row("(-1)**(1/2)", "(-1)**(1/2)", "no real value"),
    Row("log(0)", "log(0)", "no value"),
    Row("0**(-1)", "0**(-1)", "no value"),
    Row("x[0] + x", "x + x[0]", "one name for a number and an array"),
    Row("Piecewise((1, x < x))", "1", "a branch that is never taken"),
    Row("4*atan(1)/(4*atan(1) - pi)", "4*atan(1)/(4*atan(1) - pi)", "a denominator that is 0 in disguise"),
    Row("1/(sqrt(2)*sqrt(3) - sqrt(6))", "1/(sqrt(2)*sqrt(3) - sqrt(6))", "another one"),
    Row("1/(exp(1)*exp(-1) - 1)", "2/(exp(1)*exp(-1) - 1)", "another one"),
]  # fmt: skip


def named(rows: list[Row], every: int = 1) -> list[object]:
    """The rows, each with its text as the name of the test; by default every so many of them."""
    marks = [() if n % every == 0 else (pytest.mark.exhaustive,) for n in range(len(rows))]
    return [pytest.param(r, id=f"{r.left} = {r.right}"[:100], marks=m) for r, m in zip(rows, marks, strict=True)]


@pytest.mark.parametrize("row", named(REFUTED))
def test_what_is_false_is_refuted(row: Row) -> None:
    """The claim is refuted, and mpmath finds both values at the witness, and finds them different."""
    left, right, domain = row.sides
    verdict = prove_terms(left, right, domain)
    assert isinstance(verdict, Refuted), f"{row.why}: {verdict}"
    assert confirmed(left, right, domain, verdict.witness) is True, verdict.witness


@pytest.mark.parametrize("row", named(REFUTED))
def test_what_is_false_behind_a_gate_is_not_proved(row: Row) -> None:
    """Where a quick look at points sees nothing, the proof alone has to see that the claim is false."""
    left, right, domain = row.sides
    verdict = prove_terms(gated(left), gated(right), domain)
    assert verdict.status != "proved", row.why
    assert "contradict" not in getattr(verdict, "reason", ""), "a false proof was caught by a witness"


@pytest.mark.parametrize("row", named(REFUTED, every=3))  # a gate of rational points stands before all of them, above
def test_what_is_false_where_no_rational_point_is_is_not_proved(row: Row) -> None:
    """The same where every point that could be a witness is irrational."""
    left, right, domain = row.sides
    assert prove_terms(hidden(left), hidden(right), domain).status == "unknown", row.why


@pytest.mark.parametrize("row", named(FALSE))
def test_what_is_false_beyond_all_digits_is_not_proved(row: Row) -> None:
    """Neither proved nor refuted by a point that shows nothing."""
    left, right, domain = row.sides
    assert prove_terms(left, right, domain).status == "unknown", row.why


@pytest.mark.parametrize("row", named(POLES))
def test_a_recurrence_does_not_reach_over_a_pole(row: Row) -> None:
    """On the circle, which has no rational point, the base of the recurrence is a pole, and elsewhere it is met."""
    left, right, domain = row.sides
    on_the_circle = parse_formula("Eq(x**2 + y**2, 3)")
    elsewhere = parse_formula("gamma(x**2 + y**2 - 3) + polygamma(0, x**2 + y**2 - 3)")
    sides = (make("piecewise", side, on_the_circle, elsewhere, make("true")) for side in (left, right))
    assert prove_terms(*sides, domain).status == "unknown", row.why


@pytest.mark.parametrize("row", named(FLAGGED))
def test_what_holds_on_part_of_the_domain_says_so(row: Row) -> None:
    """Proved, and the verdict says that the two sides are not defined at the same points; mpmath finds such points."""
    left, right, domain = row.sides
    seen = look(left, right, places((left, right), domain, 0, 60))
    assert seen.both > 0
    assert seen.one_sided
    assert not seen.differs
    verdict = prove_terms(left, right, domain)
    assert isinstance(verdict, Proved), verdict
    assert verdict.domains_differ, row.why


@pytest.mark.parametrize("row", named(FLAGGED))
def test_a_gate_does_not_hide_where_the_domains_differ(row: Row) -> None:
    """In a region of a larger claim the same is said."""
    left, right, domain = row.sides
    verdict = prove_terms(gated(left), gated(right), domain)
    assert not isinstance(verdict, Proved) or verdict.domains_differ, row.why
    assert verdict.status != "refuted", row.why


@pytest.mark.parametrize("row", named(NEVER_PROVED))
def test_what_says_nothing_is_not_proved(row: Row) -> None:
    """A claim that no point can test is undecided; mpmath finds no point with two values either."""
    left, right, domain = row.sides
    assert prove_terms(left, right, domain).status == "unknown", row.why
    if "one name" not in row.why:
        assert look(left, right, places((left, right), domain, 0, 20)).both == 0


def test_there_are_enough_rows() -> None:
    """The gallery is not emptied by accident."""
    assert len(REFUTED) >= 60
    assert len(FLAGGED) >= 30
