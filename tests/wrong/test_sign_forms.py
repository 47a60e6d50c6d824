"""Forms of any length that look nonnegative, beside those that are: a weight, a range, an index or a sum is another."""

from __future__ import annotations

from typing import Any

import pytest

from derive.certificate import Refuted
from derive.prove import prove_nonnegative, prove_positive
from tests.shared import examples

SECONDS = examples(20, 1) / 20  # what is proved takes less, so a proof of what is wrong would be met

N = {"n": "positive integer"}
P = {**N, "p": "simplex(n)"}
PQ = {**P, "q": "simplex(n)"}
NM = {**N, "m": "positive integer"}
MEAN = "sum(p[k]*v[k], k, 0, n-1)"
SQUARES = "sum(p[k]*v[k]**2, k, 0, n-1)"
SOFT = "exp(x[k])/sum(exp(x[j]), j, 0, n-1)"
GRAM = "sum(sum(x[i]*x[j]*sum({}, k, 0, m-1), j, 0, n-1), i, 0, n-1)"

#: formula, domain, why it looks nonnegative: each is negative somewhere
NEGATIVE = [
    # a variance, with weights
    (f"{SQUARES} - {MEAN}**2", N, "weights of any sign"),
    (f"{SQUARES} - {MEAN}**2", {**N, "p": "positive"}, "weights that add up to more than 1"),
    (f"{SQUARES} - {MEAN}**2", {**N, "p": "[0, 1]"}, "shares that add up to more than 1"),
    (f"{SQUARES} - 2*{MEAN}**2", P, "twice what is taken away"),
    (f"{SQUARES} - 101/100*{MEAN}**2", P, "a hundredth too much"),
    (f"{SQUARES} - {MEAN}**2 - c**2", P, "something is taken away"),
    (f"c*({SQUARES} - {MEAN}**2)", P, "a factor of any sign"),
    (f"sum(p[k]*abs(v[k]), k, 0, n-1) - {MEAN}**2", P, "no square"),
    (f"{SQUARES} - sum(p[k]*v[k+1], k, 0, n-1)**2", P, "a shifted index"),
    (f"{SQUARES} - sum(p[k]*u[k], k, 0, n-1)**2", P, "another vector"),
    (f"{SQUARES} - sum(v[k], k, 0, n-1)**2", P, "weights on one side only"),
    (f"{MEAN}**2 - {SQUARES}", P, "the other way round"),
    (f"{SQUARES} - {MEAN}**2", {**NM, "p": "simplex(m)"}, "shares of another length"),
    ("sum(P[k,i]*v[k]**2, k, 0, n-1) - sum(P[k,i]*v[k], k, 0, n-1)**2", {**N, "i": "0..n-1", "P": "simplex(n)"},
     "columns, where the rows add up to 1"),
    ("sum(P[k,k]*v[k]**2, k, 0, n-1) - sum(P[k,k]*v[k], k, 0, n-1)**2", {**N, "P": "simplex(n)"},
     "the diagonal, where the rows add up to 1"),
    (f"sum({SOFT.replace('j, 0, n-1', 'j, 0, m-1')}*v[k]**2, k, 0, n-1)"
     f" - sum({SOFT.replace('j, 0, n-1', 'j, 0, m-1')}*v[k], k, 0, n-1)**2", NM, "a softmax of another length"),
    (f"sum({SOFT}*v[k]**2, k, 0, n-1) - sum(exp(x[k])*v[k], k, 0, n-1)**2", N, "exponentials that are no shares"),
    ("sum(w[i]*(sum(P[i,k]*v[k]**2, k, 0, n-1) - sum(P[i,k]*v[k], k, 0, n-1)**2), i, 0, m-1)",
     {**NM, "P": "simplex(n)"}, "samples with weights of any sign"),
    ("sum(sum(P[i,k]*v[k]**2, k, 0, n-1), i, 0, m-1) - sum(sum(P[i,k]*v[k], k, 0, n-1), i, 0, m-1)**2",
     {**NM, "P": "simplex(n)"}, "the square of a sum over samples"),
    # Cauchy and Schwarz
    ("sum(x[k]**2, k, 0, n-1) - sum(x[k], k, 0, n-1)**2", N, "not divided by n"),
    ("sum(x[k]**2, k, 0, n-1) - sum(x[k], k, 0, n-1)**2/m", NM, "divided by another number"),
    ("(n-1)*sum(x[k]**2, k, 0, n-1) - sum(x[k], k, 0, n-1)**2", N, "one too few"),
    ("n*sum(x[k]**2, k, 0, n-1) - sum(x[k], k, 0, n)**2", N, "one summand more"),
    ("sum(x[k]**2, k, 0, n-1)*sum(y[k]**2, k, 0, m-1) - sum(x[k]*y[k], k, 0, n-1)**2", NM, "different ranges"),
    ("sum(x[k]**2, k, 0, n-2)*sum(y[k]**2, k, 0, n-1) - sum(x[k]*y[k], k, 0, n-1)**2", N, "one summand less"),
    ("sum(x[k]**2, k, 0, n-1)*sum(y[k]**2, k, 0, n-1) - sum(x[k]*y[k+1], k, 0, n-1)**2", N, "a shifted index"),
    ("sum(x[k]**2, k, 0, n-1)*sum(y[k]**2, k, 0, n-1) - sum(x[k]**2+y[k]**2, k, 0, n-1)**2/4", N,
     "the arithmetic mean for the geometric one"),
    ("sum(abs(x[k]), k, 0, n-1)*sum(abs(y[k]), k, 0, n-1) - sum(x[k]*y[k], k, 0, n-1)**2", N, "no squares"),
    ("sum(x[k]**4, k, 0, n-1)*sum(y[k]**2, k, 0, n-1) - sum(x[k]*y[k], k, 0, n-1)**2", N, "another power"),
    ("sum(x[k]**2, k, 0, n-1)*sum(y[k]**2, k, 0, n-1) - sum(x[k], k, 0, n-1)**2*sum(y[k], k, 0, n-1)**2", N,
     "the squares of the sums"),
    ("sum(x[k]**2, k, 0, n-1)*sum(y[k]**2, k, 0, n-1) - sum(x[k]*z[k], k, 0, n-1)**2", N, "another vector"),
    ("sum(w[k]*x[k]**2, k, 0, n-1)*sum(w[k], k, 0, n-1) - sum(w[k]*x[k], k, 0, n-1)**2", N, "weights of any sign"),
    ("sum(w[k], k, 0, n-1)*sum(1/w[k], k, 0, n-1) - n**2", {**N, "w": "nonzero"}, "numbers of any sign"),
    ("sum(w[k], k, 0, n-1)*sum(1/w[k], k, 0, n-1) - n**2", {"n": "integer", "w": "positive"}, "no range for n < 0"),
    ("sum(w[k], k, 0, n-1)*sum(1/w[k], k, 0, n-1) - n**2 - 1", {**N, "w": "positive"}, "1 too much"),
    ("n*sum(x[k]*y[k], k, 0, n-1) - sum(x[k], k, 0, n-1)*sum(y[k], k, 0, n-1)", N, "a covariance"),
    ("m*sum(sum(A[i,k]**2, k, 0, n-1), i, 0, m-1) - sum(sum(A[i,k], k, 0, n-1)**2, i, 0, m-1)", NM,
     "the number of the other range"),
    # Gram matrices
    (GRAM.format("V[i,k]*V[k,j]"), {**N, "m": "positive integer"}, "a product that is not of a matrix and itself"),
    (GRAM.format("V[i,k]*W[j,k]"), NM, "two matrices"),
    (GRAM.format("V[i,k]*V[j,k+1]"), NM, "a shifted index"),
    (GRAM.format("d[k]*V[i,k]*V[j,k]"), NM, "weights of any sign"),
    (GRAM.format("V[i,k]*V[j,k]").replace("x[j]", "y[j]"), NM, "two vectors"),
    (GRAM.format("V[i,k]*V[j,k]").replace("j, 0, n-1", "j, 0, m-1"), NM, "two lengths"),
    (GRAM.format("V[i,k]*V[j,k]").replace("k, 0, m-1", "k, 0, i"), N, "a range that depends on the row"),
    (f"-{GRAM.format('V[i,k]*V[j,k]')}", NM, "the other way round"),
    # sums of logarithms
    ("sum(p[k]*log(q[k]/p[k]), k, 0, n-1)", PQ, "the other way round"),
    ("sum(q[k]*log(p[k]/q[k]), k, 0, n-1)", PQ, "the roles changed"),
    ("sum(p[k]*log(p[k]/q[k]), k, 0, n-1)", {**P, "q": "positive"}, "numbers that add up to more than 1"),
    ("sum(p[k]*log(p[k]/q[k]), k, 0, n-1)", {**N, "q": "simplex(n)", "p": "positive"}, "less than 1 in all"),
    ("sum(p[k]*log(p[k]/q[k]), k, 0, n-2)", PQ, "one summand less"),
    ("sum(p[k]*log(p[k]/q[k]), k, 0, n-1) - 1/1000", PQ, "a thousandth too much"),
    ("log(n) - 1/1000 + sum(p[k]*log(p[k]), k, 0, n-1)", P, "a thousandth too much"),
    ("log(m) + sum(p[k]*log(p[k]), k, 0, n-1)", {**P, "m": "positive integer"}, "the logarithm of another number"),
    ("log(sum(exp(x[j]), j, 0, n-1)) - x[k]", {**N, "k": "0..n"}, "an index beyond the range"),
    ("log(sum(exp(x[j]), j, 0, n-1)) - x[k]", {**N, "k": "integer"}, "any index"),
    ("log(sum(exp(x[j]), j, 1, n)) - x[k]", {**N, "k": "0..n-1"}, "a shifted range"),
    ("log(sum(exp(x[j]), j, 0, n-1)) - 2*x[k]", {**N, "k": "0..n-1"}, "twice an entry"),
    ("log(sum(exp(x[j]), j, 0, n-1)) - y[k]", {**N, "k": "0..n-1"}, "an entry of another vector"),
    ("log(sum(exp(x[j]), j, 0, n-1)) - sum(x[j], j, 0, n-1)", N, "the sum for the mean"),
    ("log(sum(exp(x[j]), j, 0, n-1)) - sum(x[j], j, 0, n-1)/n - log(n+1)", N, "the logarithm of another number"),
    ("log(sum(exp(x[j]), j, 0, n-1)) - sum(x[j], j, 0, n)/(n+1) - log(n+1)", N, "one summand less"),
    ("log(sum(exp(x[j]), j, 0, n-1)) - sum(y[j], j, 0, n-1)/n - log(n)", N, "the mean of another vector"),
    ("log(sum(p[k]*exp(x[k]), k, 0, n-1)) - sum(q[k]*x[k], k, 0, n-1)", PQ, "the mean by other shares"),
    ("log(sum(p[k]*exp(x[k]), k, 0, n-1)) - sum(x[k], k, 0, n-1)/n", P, "the mean by equal shares"),
    ("log(sum(w[k]*exp(x[k]), k, 0, n-1)) - sum(w[k]*x[k], k, 0, n-1)", {**N, "w": "positive"}, "weights"),
    ("log(sum(exp(x[k]), k, 0, n-1)) - sum(p[k]*x[k], k, 0, n-1)", {**N, "p": "[0, 1]"}, "more than 1 in all"),
    # counted from 1
    ("n*sum(u[i]**2, i, 1, n) - sum(u[i], i, 0, n-1)**2", N, "one sum from 1, the other from 0"),
    ("n*sum(u[i]**2, i, 1, n) - sum(u[i], i, 1, n)**2 - u[0]**2", N, "an entry that is not counted"),
    ("n*sum(u[i]**2, i, 2, n) - sum(u[i], i, 2, n)**2 - u[1]**2", N, "an entry that is not counted"),
    ("n*sum(u[i]**2, i, 1, n-1) - sum(u[i], i, 1, n)**2", N, "one summand less"),
    ("n*sum(u[i]*v[i], i, 1, n) - sum(u[i], i, 1, n)*sum(v[i], i, 1, n)", N, "a covariance"),
    ("sum(exp(u[i]), i, 1, n) - sum(u[i+1], i, 1, n) - n", N, "a shifted index"),
    # one summand, one sum
    ("sum(x[j], j, 0, n-1) - x[k]", {**N, "k": "0..n-1"}, "summands of any sign"),
    ("sum(x[j]**2, j, 0, n-1) - x[k]", {**N, "k": "0..n-1"}, "another power"),
    ("sum(x[j]**2, j, 1, n-1) - x[0]**2", N, "the summand left out"),
    ("sum(x[j]**2, j, 0, n-1) - x[n]**2", N, "one beyond the last"),
    ("sum(w[j], j, 0, n-1) - w[k] - w[l]", {**N, "w": "positive", "k": "0..n-1", "l": "0..n-1"}, "one summand twice"),
    ("sum(abs(x[k]), k, 0, n-1) - abs(sum(y[k], k, 0, n-1))", N, "another vector"),
    ("sum(abs(x[k]), k, 0, n-1) - abs(c + sum(x[k], k, 0, n-1))", N, "something added"),
    ("sum(x[k]**2, k, 0, n-1) - abs(sum(x[k], k, 0, n-1))", N, "squares for absolute values"),
    ("sum(exp(x[k]), k, 0, n-1) - sum(x[k], k, 0, n-1) - n - 1/100", N, "a hundredth too much"),
    ("sum(exp(x[k]), k, 0, n-1) - sum(x[k], k, 0, m-1) - n", NM, "different ranges"),
    ("sum(exp(x[k]), k, 0, n-1) - sum(x[k], k, 0, n-1) - m", NM, "the number of another range"),
    ("sum(exp(x[k]) + 1, k, 0, n-1) - 1", {"n": "nonnegative integer"}, "an empty sum"),
    ("sum(exp(x[k]) + 1, k, 0, n-1) - sum(x[k], k, 0, n-1) - 1", {"n": "integer"}, "an empty sum"),
    ("n - sum(1/(1 + x[k]**2), k, 0, n-1)", {"n": "integer"}, "a number of summands that is negative"),
]  # fmt: skip
#: nowhere seen to be negative, or where the domain says nothing: no proof must rest on it
NO_PROOF = [
    ("sum(p[k]*v[k]**2, k, 1, n) - sum(p[k]*v[k], k, 1, n)**2", P, "p[n] is no share"),
    ("sum(p[k+1]*v[k]**2, k, 0, n-1) - sum(p[k+1]*v[k], k, 0, n-1)**2", P, "p[n] is no share"),
    ("sum(p[k]*log(p[k]/q[k+1]), k, 0, n-1)", PQ, "q[n] is no share"),
]
#: nonnegative everywhere, and 0 where all entries are equal, where a vector is 0, or where there is one entry only
TRUE = [
    (f"{SQUARES} - {MEAN}**2", P),
    (f"c*({SQUARES} - {MEAN}**2)", {**P, "c": "nonnegative"}),
    (f"({SQUARES} - {MEAN}**2)/(1 + c**2)", P),
    (f"{SQUARES} - {MEAN}**2 + c*sum(v[k]**2, k, 0, n-1)", {**P, "c": "nonnegative"}),
    (f"{SQUARES} - {MEAN}**2 + c**2", P),
    ("sum(p[k]*(v[k]+u[k])**2, k, 0, n-1) - sum(p[k]*(v[k]+u[k]), k, 0, n-1)**2", P),
    ("sum(p[k]*(v[k]-c)**2, k, 0, n-1) - (sum(p[k]*v[k], k, 0, n-1)-c)**2", P),
    ("sum(P[i,k]*v[k]**2, k, 0, n-1) - sum(P[i,k]*v[k], k, 0, n-1)**2", {**N, "i": "0..n-1", "P": "simplex(n)"}),
    (f"sum({SOFT}*v[k]**2, k, 0, n-1) - sum({SOFT}*v[k], k, 0, n-1)**2", N),
    ("sum(w[i]*(sum(P[i,k]*v[k]**2, k, 0, n-1) - sum(P[i,k]*v[k], k, 0, n-1)**2), i, 0, m-1)",
     {**NM, "P": "simplex(n)", "w": "nonnegative"}),
    ("sum(w[i]*sum(P[i,k]*v[k]**2, k, 0, n-1), i, 0, m-1) - sum(w[i]*sum(P[i,k]*v[k], k, 0, n-1)**2, i, 0, m-1)",
     {**NM, "P": "simplex(n)", "w": "nonnegative"}),
    ("sum(x[k]**2, k, 0, n-1) - sum(x[k], k, 0, n-1)**2/n", N),
    ("n*sum(x[k]**2, k, 0, n-1) - sum(x[k], k, 0, n-1)**2", N),
    ("n*sum(x[k]**2, k, 0, n-1) - sum(x[k], k, 0, n-1)**2 + m*sum(y[k]**2, k, 0, m-1) - sum(y[k], k, 0, m-1)**2", NM),
    ("sqrt(sum(x[k]**2, k, 0, n-1))*sqrt(sum(y[k]**2, k, 0, n-1)) - sum(x[k]*y[k], k, 0, n-1)", N),
    ("sum(a[k], k, 0, n-1)*sum(b[k], k, 0, n-1) - sum(sqrt(a[k]*b[k]), k, 0, n-1)**2",
     {**N, "a": "nonnegative", "b": "nonnegative"}),
    ("sum(a[k]**2/b[k], k, 0, n-1) - sum(a[k], k, 0, n-1)**2/sum(b[k], k, 0, n-1)", {**N, "b": "positive"}),
    ("sum(sum(v[k]*v[l]*(delta(k, l)*p[k] - p[k]*p[l]), l, 0, n-1), k, 0, n-1)", P),
    ("sum(sum(v[a]*v[b]*(sum(s[i]*(1-s[i])*X[i,a]*X[i,b], i, 0, m-1)/m + c*delta(a, b)), b, 0, n-1), a, 0, n-1)",
     {**NM, "s": "(0, 1)", "c": "nonnegative"}),
    ("sum(x[k]**2, k, 0, n-1)*sum(y[k]**2, k, 0, n-1) - sum(x[k]*y[k], k, 0, n-1)**2", N),
    ("sum(w[k]*x[k]**2, k, 0, n-1)*sum(w[k], k, 0, n-1) - sum(w[k]*x[k], k, 0, n-1)**2", {**N, "w": "nonnegative"}),
    ("sum(w[k], k, 0, n-1)*sum(1/w[k], k, 0, n-1) - n**2", {**N, "w": "positive"}),
    ("n*sum(sum(A[i,k]**2, k, 0, n-1), i, 0, m-1) - sum(sum(A[i,k], k, 0, n-1)**2, i, 0, m-1)", NM),
    (GRAM.format("V[i,k]*V[j,k]"), NM),
    (GRAM.format("V[i,k]*V[j,k]").replace("m-1", "n-1"), N),
    (GRAM.format("d[k]*V[i,k]*V[j,k]"), {**NM, "d": "nonnegative"}),
    ("sum(p[k]*log(p[k]/q[k]), k, 0, n-1)", PQ),
    ("sum(p[k]*(log(p[k])-log(q[k])), k, 0, n-1)", PQ),
    ("log(n) + sum(p[k]*log(p[k]), k, 0, n-1)", P),
    ("log(sum(exp(x[j]), j, 0, n-1)) - x[k]", {**N, "k": "0..n-1"}),
    ("log(sum(exp(x[j]), j, 0, n-1)) - sum(x[j], j, 0, n-1)/n - log(n)", N),
    ("log(sum(p[k]*exp(x[k]), k, 0, n-1)) - sum(p[k]*x[k], k, 0, n-1)", P),
    ("log(sum(exp(x[k]), k, 0, n-1)) - sum(p[k]*x[k], k, 0, n-1)", P),
    ("1 - sum(sqrt(p[k]*q[k]), k, 0, n-1)", PQ),
    ("sum(p[k]**2, k, 0, n-1) - 1/n", P),
    ("sum(x[j]**2, j, 0, n-1) - x[k]**2", {**N, "k": "0..n-1"}),
    ("sum(abs(x[k]), k, 0, n-1) - abs(sum(x[k], k, 0, n-1))", N),
    ("sum(exp(x[k]), k, 0, n-1) - sum(x[k], k, 0, n-1) - n", N),
    ("sum(x[k]*log(x[k]/y[k]), k, 0, n-1) - sum(x[k], k, 0, n-1) + sum(y[k], k, 0, n-1)",
     {**N, "x": "positive", "y": "positive"}),
    ("n - sum(1/(1 + x[k]**2), k, 0, n-1)", {"n": "nonnegative integer"}),
    ("n*sum(u[i]**2, i, 1, n) - sum(u[i], i, 1, n)**2", N),
    ("n*sum(u[i]**2, i, 3, n+2) - sum(u[i], i, 3, n+2)**2", N),
    ("sum(sum(X[i,j]*u[j], j, 1, n)**2, i, 1, m)", NM),
    ("log(sum(exp(u[i]), i, 1, n)) - sum(u[i], i, 1, n)/n - log(n)", N),
]  # fmt: skip
#: positive everywhere, but 0 where the range is empty
STRICT = [
    ("sum(sum(where(y[i] > y[j], log(1 + exp(-t*(s[i]-s[j]))), 1), j, 0, n-1), i, 0, n-1)", {"t": "positive"}),
    ("sum(x[k]**2+1, k, 0, n-1)*sum(y[k]**2+1, k, 0, n-1) - sum(x[k]*y[k], k, 0, n-1)**2", {}),
    ("sum(w[k]*(x[k]**2+1), k, 0, n-1)*sum(w[k], k, 0, n-1) - sum(w[k]*x[k], k, 0, n-1)**2", {"w": "positive"}),
]


def one_in(step: int, rows: list[Any]) -> list[Any]:
    """Every so many of them; the others with `pytest --exhaustive`."""
    return [r if i % step == 0 else pytest.param(*r, marks=pytest.mark.exhaustive) for i, r in enumerate(rows)]


@pytest.mark.parametrize(("formula", "domain", "why"), one_in(5, NEGATIVE), ids=[f"{c[0]} {c[2]}" for c in NEGATIVE])
def test_negative_somewhere(formula: str, domain: dict[str, str], why: str) -> None:
    """What is negative somewhere is never proved; nearly all of these are refuted."""
    assert prove_nonnegative(formula, domain, budget=SECONDS).status != "proved", why


@pytest.mark.parametrize(("formula", "domain", "why"), NO_PROOF, ids=[c[0] for c in NO_PROOF])
def test_nothing_is_taken_for_granted(formula: str, domain: dict[str, str], why: str) -> None:
    """An entry beyond its vector is no share."""
    assert prove_nonnegative(formula, domain, budget=SECONDS).status != "proved", why


@pytest.mark.parametrize(("formula", "domain"), one_in(6, TRUE), ids=[c[0] for c in TRUE])
def test_nonnegative(formula: str, domain: dict[str, str]) -> None:
    """What is nonnegative everywhere is proved to be, and the hypothesis that it uses is named."""
    verdict = prove_nonnegative(formula, domain)
    assert verdict.status == "proved"
    assert bool(verdict.notes) == ("simplex(n)" in domain.values())


@pytest.mark.parametrize(("formula", "domain"), one_in(12, TRUE), ids=[c[0] for c in TRUE])
def test_but_not_positive(formula: str, domain: dict[str, str]) -> None:
    """It is 0 somewhere, so that it is positive is not proved."""
    assert prove_positive(formula, domain, budget=SECONDS).status != "proved"


@pytest.mark.parametrize(("formula", "domain"), STRICT, ids=[c[0] for c in STRICT])
def test_positive_unless_empty(formula: str, domain: dict[str, str]) -> None:
    """A form may be positive for each length but 0."""
    assert prove_positive(formula, {**domain, **N}).status == "proved"
    assert isinstance(prove_positive(formula, {**domain, "n": "nonnegative integer"}), Refuted)
