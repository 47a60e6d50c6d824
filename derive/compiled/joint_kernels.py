"""The stable forms of joint losses: sums over the samples of the cost, its gradient and its Hessian."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np

from derive.compiled.stable import Array, sigmoid, sigmoid_slope, softplus
from derive.errors import DataError

Parts = dict[str, Array]
Pairs = dict[tuple[str, str], Array]


class Kernel(ABC):
    """Reads arrays of numbers, and gives sums over the samples: to be divided by their number."""

    def __init__(self, parameters: Mapping[str, Array], X: Array, data: Sequence[Array]) -> None:
        self.X = X
        self.data = data
        self.parameters = parameters

    @abstractmethod
    def cost(self) -> float:
        """The sum of the costs of the samples."""

    @abstractmethod
    def gradient(self) -> Parts:
        """Its gradient, block by block."""

    @abstractmethod
    def hessian(self) -> Pairs:
        """Its Hessian, for pairs of blocks."""

    def arrays(self) -> Parts:
        """The data by the names that they have in the formula of the cost."""
        return {}

    def raw(self, name: str, columns: int | None = None) -> Array:
        """X times a block of parameters, whose shape is checked."""
        found = self.parameters[name]
        wanted = (self.X.shape[1],) if columns is None else (self.X.shape[1], columns)
        if found.shape != wanted:
            raise DataError(f"{name} has shape {found.shape}; expected {wanted}")
        return np.asarray(self.X @ found)


class Multinomial(Kernel):
    """Softmax: everything in t = exp(z − max z), which is at most 1, and 1 somewhere."""

    def __init__(self, parameters: Mapping[str, Array], X: Array, data: Sequence[Array]) -> None:
        super().__init__(parameters, X, data)
        self.Y = self.targets()
        self.z = self.raw("Theta", self.Y.shape[1])
        self.top = self.z.max(axis=1, keepdims=True)
        self.t = np.exp(self.z - self.top)
        self.S = self.t.sum(axis=1, keepdims=True)

    def targets(self) -> Array:
        """One-hot rows; or the number of the class for each, from which they are made."""
        (Y,) = self.data
        if Y.ndim == 1:
            K = self.parameters["Theta"].shape[-1]
            return np.asarray(np.eye(K)[_classes(Y, K)])
        if Y.ndim != 2 or Y.shape[1] < 2:
            raise DataError(f"Y has shape {Y.shape}: it must have a column for each of two classes or more")
        bad = ~(np.isin(Y, (0, 1)).all(axis=1) & (Y.sum(axis=1) == 1))
        if bad.any():
            raise DataError(f"row {int(bad.argmax())} of Y is not one-hot: one entry must be 1, the others 0")
        return Y

    def arrays(self) -> Parts:
        return {"Y": self.Y}

    def others(self) -> Array:
        """Σ t over the other classes, for each class; no difference is taken, so none is lost."""
        return np.asarray(self.t @ (1 - np.eye(self.t.shape[1])))

    def cost(self) -> float:
        behind = ((self.top - self.z) * self.Y).sum(axis=1)
        first = np.arange(len(self.z)), self.z.argmax(axis=1)
        return float((behind + np.log1p(self.others()[first])).sum())

    def gradient(self) -> Parts:
        slope = np.where(self.Y == 1, -self.others(), self.t) / self.S
        return {"Theta": self.X.T @ slope}

    def hessian(self) -> Pairs:
        P, (n, K) = self.t / self.S, self.parameters["Theta"].shape
        out = np.empty((n, K, n, K))
        for c in range(K):
            for d in range(K):
                weight = P[:, c] * (self.others()[:, c] / self.S[:, 0] if c == d else -P[:, d])
                out[:, c, :, d] = self.X.T @ (weight[:, None] * self.X)
        return {("Theta", "Theta"): out}


class GaussianLogVariance(Kernel):
    """The mean z and the log-variance u; residuals are scaled by e^(−u/2) before they are squared."""

    def __init__(self, parameters: Mapping[str, Array], X: Array, data: Sequence[Array]) -> None:
        super().__init__(parameters, X, data)
        (self.y,) = data
        if self.y.ndim != 1:
            raise DataError(f"y has shape {self.y.shape}: one number a sample")
        self.u = self.raw("eta")
        self.scale = np.exp(-self.u / 2)
        self.e = (self.raw("theta") - self.y) * self.scale

    def arrays(self) -> Parts:
        return {"y": self.y}

    def cost(self) -> float:
        return float((self.u + self.e**2).sum() / 2)

    def gradient(self) -> Parts:
        return {"theta": self.X.T @ (self.e * self.scale), "eta": self.X.T @ ((1 - self.e**2) / 2)}

    def hessian(self) -> Pairs:
        weights = {
            ("theta", "theta"): self.scale**2,
            ("theta", "eta"): -self.e * self.scale,
            ("eta", "eta"): self.e**2 / 2,
        }
        return {pair: self.X.T @ (w[:, None] * self.X) for pair, w in weights.items()}


class Ordinal(Kernel):
    """Class y lies between two cut points, α below and β above z, of which an outer class lacks one: ±∞.

    −log(σ(β) − σ(α)) = softplus(−β) + softplus(α) − log(1 − e^−(β − α)).
    """

    def __init__(self, parameters: Mapping[str, Array], X: Array, data: Sequence[Array]) -> None:
        super().__init__(parameters, X, data)
        tau = parameters["tau"]
        if tau.ndim != 1 or not tau.size or not (np.diff(tau) > 0).all():
            raise DataError(f"tau is {tau.tolist()}: the cut points must increase, one less than there are classes")
        self.K = len(tau) + 1
        self.y = _classes(data[0], self.K)
        ends = np.concatenate([[-np.inf], tau, [np.inf]])
        z, (lower, upper) = self.raw("theta"), (ends[self.y], ends[self.y + 1])
        self.alpha, self.beta = lower - z, upper - z
        self.gap, self.beyond = upper - lower, 2 * z - (lower + upper)

    def arrays(self) -> Parts:
        return {"Y": np.eye(self.K)[self.y]}

    def cost(self) -> float:
        return float((softplus(-self.beta) + softplus(self.alpha) - _log1mexp(self.gap)).sum())

    def gradient(self) -> Parts:
        low, high, inner = sigmoid(self.alpha), sigmoid(-self.beta), 1 / np.expm1(self.gap)
        return {
            "theta": self.X.T @ _difference(-self.beta, self.alpha, self.beyond),
            "tau": self._by_cut(low + inner, -high - inner),
        }

    def hessian(self) -> Pairs:
        low, high = sigmoid_slope(self.alpha), sigmoid_slope(self.beta)
        inner = 1 / np.expm1(self.gap) / -np.expm1(-self.gap)
        mixed = [self._by_cut(-low * x, -high * x) for x in self.X.T]
        between = (self.y > 0) & (self.y < self.K - 1)
        beside = np.bincount(self.y[between], inner[between], self.K)[1:-1]
        cuts = np.diag(self._by_cut(low + inner, high + inner)) - np.diag(beside, 1) - np.diag(beside, -1)
        return {
            ("theta", "theta"): self.X.T @ ((low + high)[:, None] * self.X),
            ("theta", "tau"): np.array(mixed),
            ("tau", "tau"): cuts,
        }

    def _by_cut(self, below: Array, above: Array) -> Array:
        """For each cut point the sum of `below` over the class above it, and of `above` over the class below it."""
        lower, upper = (np.bincount(self.y, part, self.K) for part in (below, above))
        return np.asarray(lower[1:] + upper[:-1])


class Cox(Kernel):
    """Samples in the order of their times; running sums of exponentials, as logarithms. Samples at one time share them.

    J and ∇J take O(m log m + mn), ∇²J takes O(mn²).
    """

    def __init__(self, parameters: Mapping[str, Array], X: Array, data: Sequence[Array]) -> None:
        super().__init__(parameters, X, data)
        time, event = data
        if time.ndim != 1 or event.shape != time.shape or not np.isin(event, (0, 1)).all():
            raise DataError("time and event must have one number a sample, and an event is 1 or 0")
        self.order = np.argsort(time, kind="stable")
        self.time, self.event = time[self.order], event[self.order]
        self.z, self.rows = self.raw("theta")[self.order], X[self.order]
        self.running = np.logaddexp.accumulate(self.z[::-1])[::-1]
        self.first = np.searchsorted(self.time, self.time, side="left")
        self.risk = self.running[self.first]

    def arrays(self) -> Parts:
        time, event = self.data
        return {"e": event, "R": (time[:, None] <= time[None, :]).astype(float)}

    def cost(self) -> float:
        return float((self.event * (self.risk - self.z)).sum())

    def hazards(self) -> Array:
        """Σ over the events until then of e^z over the sum of those at risk."""
        events = np.where(self.event == 1, -self.risk, -np.inf)
        last = np.searchsorted(self.time, self.time, side="right") - 1
        return np.asarray(np.exp(self.z + np.logaddexp.accumulate(events)[last]))

    def gradient(self) -> Parts:
        return {"theta": self.rows.T @ (self.hazards() - self.event)}

    def hessian(self) -> Pairs:
        means = self.means()[self.first] * self.event[:, None]
        return {("theta", "theta"): self.rows.T @ (self.hazards()[:, None] * self.rows) - means.T @ means}

    def means(self) -> Array:
        """The means of the rows from each sample on, weighted by their hazards: no exponential is more than 1."""
        out, mean = np.empty_like(self.rows), np.zeros(self.rows.shape[1])
        for r in reversed(range(len(self.z))):
            mean = mean + (self.rows[r] - mean) * np.exp(self.z[r] - self.running[r])
            out[r] = mean
        return out


def _classes(y: Array, K: int) -> Array:
    """Numbers of classes as whole numbers."""
    if y.ndim != 1 or not ((y == np.floor(y)) & (y >= 0) & (y < K)).all():
        raise DataError(f"y must be the number of a class for each sample, 0 to {K - 1}")
    return y.astype(int)


def _difference(p: Array, q: Array, s: Array) -> Array:
    """σ(p) − σ(q) = (1 − e^−s) σ(p) σ(−q), s = p − q, which keeps its digits where the two are close."""
    return np.asarray(np.sign(s) * -np.expm1(-np.abs(s)) * sigmoid(np.maximum(p, q)) * sigmoid(-np.minimum(p, q)))


def _log1mexp(x: Array) -> Array:
    """log(1 − e^−x) for x > 0, at both ends."""
    return np.asarray(np.where(x < np.log(2), np.log(-np.expm1(-x)), np.log1p(-np.exp(-x))))


#: the name of a loss -> how it is computed
KERNELS: dict[str, type[Kernel]] = {
    "cox": Cox,
    "gaussian-log-variance": GaussianLogVariance,
    "multinomial": Multinomial,
    "ordinal": Ordinal,
}
