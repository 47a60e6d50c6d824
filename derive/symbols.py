"""The symbols of every derivation, with their domains and shapes: the only place that makes symbols.

m samples, n features (the bias is the first column of X), X is m×n, θ is n×1, y and the weights w are m×1.
m and n are symbols, so a proof holds for every size. Indices count from 0.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

import sympy as sp

from derive.domain import Range, parse_range

m, n = sp.symbols("m n", integer=True, positive=True)
i, j, k, l = sp.symbols("i j k l", integer=True)  # noqa: E741  (the fourth index, as in mathematics)

X = sp.MatrixSymbol("X", m, n)
theta = sp.MatrixSymbol("theta", n, 1)
y_vector = sp.MatrixSymbol("y", m, 1)
w_vector = sp.MatrixSymbol("w", m, 1)

#: of joint losses: K classes, further blocks of parameters, one-hot targets, events, and who is at risk when
K = sp.Symbol("K", integer=True, positive=True)
a, b, r = sp.symbols("a b r", integer=True)
class_c, class_d, cut_q = sp.symbols("c d q", integer=True)
eta = sp.MatrixSymbol("eta", n, 1)
Theta = sp.MatrixSymbol("Theta", n, K)
tau = sp.MatrixSymbol("tau", K - 1, 1)
Y = sp.MatrixSymbol("Y", m, K)
e_vector = sp.MatrixSymbol("e", m, 1)
R = sp.MatrixSymbol("R", m, m)
#: arrays that are differentiated by, and those of them that make raw predictions out of X
PARAMETER_ARRAYS = frozenset({theta, eta, Theta, tau})
LINEAR = frozenset({theta, eta, Theta})

#: one sample: raw prediction, prediction h = inverse_link(z), target; and the strength of a penalty
z = sp.Symbol("z", real=True)
h = sp.Symbol("h", real=True)
y = sp.Symbol("y", real=True)
lam = sp.Symbol("lambda", nonnegative=True)

#: parameters of losses; the range of each belongs to the loss
delta, epsilon, c, nu, alpha, q, phi, N = sp.symbols("delta epsilon c nu alpha q phi N", positive=True)
gamma = sp.Symbol("gamma", nonnegative=True)
p = sp.Symbol("p", real=True)
PARAMETERS = frozenset({delta, epsilon, c, nu, alpha, q, phi, N, gamma, p})

#: name -> (what it is in words, range); the ranges of `y` and of the indices belong to the loss and the derivation
WORDS: MappingProxyType[str, str] = MappingProxyType({
    "m": "number of samples",
    "n": "number of features, the bias column included",
    "X": "data matrix, one row a sample; its first column is 1 (the bias)",
    "theta": "parameters; the first one is the bias",
    "y": "targets",
    "w": "sample weights",
    "lambda": "strength of the penalty",
    "i": "index of a sample",
    "j": "index of a parameter",
    "k": "index of a parameter",
    "l": "index of a parameter",
    "z": "raw prediction",
    "h": "prediction",
})

RANGES: MappingProxyType[str, Range] = MappingProxyType({
    name: parse_range(text)
    for name, text in {
        "m": "positive integer",
        "n": "positive integer",
        "X": "real",
        "theta": "real",
        "w": "nonnegative",
        "lambda": "nonnegative",
        "i": "0..m-1",
        "j": "0..n-1",
        "k": "0..n-1",
        "l": "0..n-1",
        "z": "real",
    }.items()
})

#: what the names of joint losses are, in words, and their ranges; the range of K and of `y` belongs to the loss
JOINT_WORDS: MappingProxyType[str, str] = MappingProxyType({
    "K": "number of classes",
    "Theta": "parameters, a column for each class; the first row is the bias",
    "eta": "parameters of the log-variance; the first one is the bias",
    "tau": "cut points between the classes, increasing",
    "Y": "targets, one-hot: one column a class",
    "e": "1 for an event, 0 for a sample that was only seen until then",
    "R": "R[i, r] is 1 where sample r is at risk at the time of sample i, that is tᵣ ≥ tᵢ, else 0",
    "c": "index of a class",
    "d": "index of a class",
    "b": "index of a cut point",
    "q": "index of a cut point",
    "a": "index of a class or cut point",
    "r": "index of a sample",
})
#: where X has no column for the bias
WITHOUT_BIAS: MappingProxyType[str, str] = MappingProxyType({
    "n": "number of features",
    "X": "data matrix, one row a sample; no column is constant",
    "theta": "parameters",
})

JOINT_RANGES: MappingProxyType[str, Range] = MappingProxyType({
    name: parse_range(text)
    for name, text in {
        "K": "integer [2, oo)",
        "Theta": "real",
        "eta": "real",
        "tau": "real",
        "Y": "{0, 1}",
        "e": "{0, 1}",
        "R": "{0, 1}",
        "c": "0..K-1",
        "d": "0..K-1",
        "b": "0..K-2",
        "q": "0..K-2",
        "r": "0..m-1",
    }.items()
})


@lru_cache(maxsize=1024)
def entry(array: sp.MatrixSymbol, row: sp.Expr, column: sp.Expr = sp.S.Zero) -> sp.Expr:
    """One entry of an array. Made once: SymPy compares the indices with the shape each time, which takes long."""
    return array[row, column]


@lru_cache(maxsize=64)
def raw_prediction(
    row: sp.Expr, index: sp.Symbol = k, array: sp.MatrixSymbol = theta, column: sp.Expr = sp.S.Zero
) -> sp.Expr:
    """zᵢ = Σₖ Xᵢₖ θₖ, the raw prediction of one sample; or Σₖ Xᵢₖ Θₖ꜀, by other parameters."""
    return sp.Sum(entry(X, row, index) * entry(array, index, column), (index, 0, n - 1))
