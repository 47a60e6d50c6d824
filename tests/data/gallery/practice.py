"""Objectives from everyday work: guards, casts, helpers, loops, lookups. The marks are where a verdict must point."""
import functools
import math
import warnings
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import expit, gammaln, logsumexp, ndtr, psi, softmax  # noqa: F401
from scipy.stats import norm

CLASS_WEIGHT = {0: 1.0, 1: 3.0}
WEIGHTS = np.array([3.0, 1.0])


def guarded(preds, dtrain):
    y = dtrain.get_label()
    w = dtrain.get_weight()
    if w.size == 0:
        w = np.ones_like(y)
    with np.errstate(over="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        p = 1.0/(1.0 + np.exp(-preds))
    grad = w*(p - y)  # <- gradient
    hess = w*np.maximum(p*(1.0 - p), 1e-16)  # <- hessian
    return grad, hess


def weight_only_on_gradient(preds, dtrain):
    y = dtrain.get_label()
    w = dtrain.get_weight()
    mu = np.exp(preds)
    grad = mu - y
    hess = mu  # <- hessian
    if len(w) > 0:
        grad *= w  # <- gradient
    return grad, hess


def under_prediction(y_true, y_pred):
    residual = (y_true - y_pred).astype("float")
    grad = -2*residual
    hess = np.full_like(residual, 2.0)
    grad[residual < 0] *= 5  # <- gradient
    hess[residual < 0] *= 5  # <- hessian
    return grad, hess


@dataclass
class PseudoHuber:
    delta: float = 2.0

    def __call__(self, y_true, y_pred):
        r = y_pred - y_true
        scale = 1 + (r/self.delta)**2
        root = np.sqrt(scale)
        return r/root, 1/(scale*root)  # <- gradient  # <- hessian


pseudo_huber = PseudoHuber()


def _pseudo_huber(delta, preds, dtrain):
    d = preds - dtrain.get_label()
    scale = 1 + (d/delta)**2
    grad = d/np.sqrt(scale)  # <- gradient
    hess = 1/scale/scale  # <- hessian
    return grad, hess


bound = partial(_pseudo_huber, 3.0)


def noted(f):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        print("called", f.__name__)
        return f(*args, **kwargs)
    return inner


@noted
def log_cosh(y_true, y_pred):
    x = y_pred - y_true
    return np.tanh(x), 1/np.cosh(x)**2  # <- gradient  # <- hessian


def rows_of_floats(preds, dtrain):
    g, h = [], []
    for p, y in zip(preds, dtrain.get_label()):
        s = 1/(1 + math.exp(-float(p)))
        g.append(s - y)  # <- gradient
        h.append(s*(1 - s))  # <- hessian
    return np.array(g), np.array(h)


def one_row_wrong(z, y):
    g = np.zeros(len(z))
    for i, t in enumerate(y):
        p = 1/(1 + math.exp(-z[i]))
        if t:
            g[i] = p - 1
        else:
            g[i] = -p  # <- gradient
    return g


def by_dictionary(y_true, y_pred):
    w = np.vectorize(CLASS_WEIGHT.get)(y_true.astype(int))
    p = expit(y_pred)
    return w*(p - y_true), w*p*(1 - p)  # <- gradient  # <- hessian


def by_array(y_true, y_pred):
    w = WEIGHTS[y_true.astype(np.int32)]
    p = expit(y_pred)
    return w*(p - y_true), w*p*(1 - p)  # <- gradient  # <- hessian


def take_along(z, y):
    p = softmax(z, axis=1)
    yi = y.astype(int)[:, None]
    pt = np.take_along_axis(p, yi, axis=1)
    g = p.copy()
    np.put_along_axis(g, yi, pt - 1, axis=1)  # <- gradient
    return g


def one_hot_outer(z, y):
    lse = logsumexp(z, axis=1, keepdims=True)
    hot = np.equal.outer(y, np.arange(3)).astype(float)
    return np.exp(z - lse) - hot  # <- gradient


def flat_in_rows(preds, train_data):
    """LightGBM takes a flat result class by class."""
    y = train_data.get_label().astype(int)
    p = softmax(preds.reshape(-1, 3, order="F"), axis=1)
    grad = (p - np.eye(3)[y]).reshape(-1)
    hess = (p*(1 - p)).reshape(-1)
    return grad, hess


def filled_by_masks(z, y):
    r = z - y
    g = np.empty(len(z))
    g[r > 1] = 1
    g[r < -1] = -1
    m = np.abs(r) <= 1
    g[m] = r[m]  # <- gradient
    return g


def probit_ratio(z, y):
    return -y*norm.pdf(z)/ndtr(z) + (1 - y)*norm.pdf(z)/(1 - ndtr(z))  # <- gradient


def normalised(y_true, y_pred, sample_weight):
    w = sample_weight/sample_weight.mean()
    return w*(y_pred - y_true), w  # <- gradient


class OnlyMulti:
    def calc_ders_multi(self, approxes, target, weight):
        e = np.exp(np.array(approxes) - max(approxes))
        p = e/e.sum()
        grad, hess = [], []
        for j in range(len(approxes)):
            grad.append(((1 if j == target else 0) - p[j])*weight)  # <- gradient
            hess.append([(p[j]*p[k] - (p[j] if j == k else 0))*weight for k in range(len(p))])  # <- hessian
        return grad, hess


only_multi = OnlyMulti()


class Multinomial:
    def loss(self, y_true, raw_prediction, sample_weight=None):
        m = raw_prediction.max(axis=1)
        lse = m + np.log(np.exp(raw_prediction - m[:, None]).sum(axis=1))
        out = lse - raw_prediction[np.arange(len(y_true)), y_true.astype(int)]
        return out if sample_weight is None else sample_weight*out

    def gradient_proba(self, y_true, raw_prediction, sample_weight=None):
        p = softmax(raw_prediction, axis=1)
        g = p.copy()
        g[np.arange(len(y_true)), y_true.astype(int)] -= 1  # <- gradient
        return (g if sample_weight is None else g*sample_weight[:, None]), p  # <- gradient


class RootOfWeight:
    def loss(self, y_true, raw_prediction, sample_weight=None):
        out = (raw_prediction - y_true)**2/2
        return out if sample_weight is None else out*sample_weight

    def gradient(self, y_true, raw_prediction, sample_weight=None):
        g = raw_prediction - y_true
        if sample_weight is not None:
            g *= np.sqrt(sample_weight)  # <- gradient
        return g
