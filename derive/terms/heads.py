"""The closed list of heads: what a term can be made of, and which of its arguments bind names."""

from __future__ import annotations

from collections.abc import Mapping

#: head -> (least number of arguments, most; None: any number)
HEADS: Mapping[str, tuple[int, int | None]] = {
    # arithmetic; pow(a, b) is the real power, sqrt(a) is pow(a, 1/2)
    "add": (2, None),
    "mul": (2, None),
    "pow": (2, 2),
    # elementary functions of one real variable
    **dict.fromkeys(
        [
            *["exp", "log", "log1p", "expm1", "abs", "sign", "floor"],
            *["sin", "cos", "tan", "sinh", "cosh", "tanh", "sech"],
            *["asin", "acos", "atan", "asinh", "acosh", "atanh"],
            *["sigmoid", "logit", "softplus", "logsigmoid"],
            *["erf", "erfc", "erfinv", "normpdf", "normcdf", "normppf"],
            *["gamma", "loggamma", "lambertw", "heaviside", "exp1"],
        ],
        (1, 1),
    ),
    "max": (1, None),
    "min": (1, None),
    "polygamma": (2, 2),  # polygamma(k, x), k a literal whole number; digamma is polygamma(0, x)
    "cumulant": (2, 2),  # cumulant(k, x): k-th derivative at x of one smooth convex function, whichever
    "xlogy": (2, 2),  # x log y, and 0 where x = 0 (whatever y)
    # conditions and choices: piecewise(value, condition, value, condition, ...): the first condition that holds
    "piecewise": (2, None),
    **dict.fromkeys(["lt", "le", "eq", "ne"], (2, 2)),
    **dict.fromkeys(["and", "or"], (2, None)),
    "not": (1, 1),
    "true": (0, 0),
    "false": (0, 0),
    # constants
    **dict.fromkeys(["pi", "e", "euler_gamma"], (0, 0)),
    # vectors and matrices by their entries
    "at": (2, 3),  # at(name, i) or at(name, i, k): indices count from 0
    "delta": (2, 2),  # 1 where the two indices are equal, else 0
    "sum": (4, 4),  # sum(body, index, first, last): 0 when last < first
    "prod": (4, 4),  # prod(body, index, first, last): 1 when last < first
    "slope": (4, 4),  # slope(formula, body, v, x): what diff(body, v) is at v = x, by its formula where no choice ties
    "given": (2, 2),  # given(value, body): the value, wherever body has one too
    "diff": (2, 2),  # diff(body, variable): partial derivative; the variable is a symbol or an entry
    # whole matrices; a column vector is a matrix with one column
    "matrix": (3, 3),  # matrix(name, rows, columns)
    "transpose": (1, 1),
    "matmul": (2, None),
    "matadd": (2, None),
    "scale": (2, 2),  # scale(scalar, matrix)
    "map": (3, 3),  # map(body, argument, matrix): body applied to each entry
    "diag": (1, 1),  # diag(column vector)
    "entries": (5, 5),  # entries(body, i, j, rows, columns): the matrix with these entries
    "entry": (3, 3),  # entry(matrix, i, j): one entry of a whole matrix
}

LEAVES = frozenset({"num", "sym"})
MATRIX_HEADS = frozenset({"matrix", "transpose", "matmul", "matadd", "scale", "map", "diag", "entries"})
CONDITION_HEADS = frozenset({"lt", "le", "eq", "ne", "and", "or", "not", "true", "false"})
#: binders whose names are indices, so whole numbers; the argument of a map and the variable of a slope are not
INDEXING = frozenset({"sum", "prod", "entries"})
#: head -> (positions of the bound index, positions where it is bound)
BINDERS: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "sum": ((1,), (0,)),
    "prod": ((1,), (0,)),
    "map": ((1,), (0,)),
    "entries": ((1, 2), (0,)),
    "slope": ((2,), (0, 1)),
}
