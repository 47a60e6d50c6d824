"""Losses as classes, in the manner of scikit-learn and statsmodels, and plain functions of arrays."""
import numpy as np
from scipy.special import expit, xlogy


class HalfPoisson:
    def loss(self, y_true, raw_prediction, sample_weight=None):
        loss = np.exp(raw_prediction) - y_true*raw_prediction
        return loss if sample_weight is None else loss*sample_weight

    def gradient(self, y_true, raw_prediction, sample_weight=None):
        g = np.exp(raw_prediction) - y_true
        if sample_weight is not None:
            g *= sample_weight  # <- gradient
        return g

    def gradient_hessian(self, y_true, raw_prediction, sample_weight=None):
        mu = np.exp(raw_prediction)
        if sample_weight is None:
            return mu - y_true, mu
        return sample_weight*(mu - y_true), sample_weight*mu  # <- gradient  # <- hessian


class PinballSign:
    """the sign bug of a gradient that was published for a while"""

    def __init__(self, alpha=0.9):
        self.alpha = alpha

    def loss(self, y_true, y_pred):
        diff = y_true - y_pred
        mask = y_true > y_pred
        return mask*self.alpha*diff - (~mask)*(1 - self.alpha)*diff

    def gradient(self, y_true, y_pred):
        mask = y_true > y_pred
        return np.where(mask, -self.alpha, 1 - self.alpha) * np.sign(y_true - y_pred)  # <- gradient


class ModifiedHuberSGD:
    def loss(self, y, p):
        z = p*y
        if z >= 1.0:
            return 0.0
        elif z >= -1.0:
            return (1.0 - z)*(1.0 - z)
        else:
            return -4.0*z

    def dloss(self, y, p):
        z = p*y
        if z >= 1.0:
            return 0.0
        elif z >= -1.0:
            return 2.0*(1.0 - z)*-y  # <- gradient
        else:
            return -4.0*y  # <- gradient


class TukeyBiweight:
    def __init__(self, c=4.685):
        self.c = c

    def _subset(self, z):
        z = np.abs(np.asarray(z))
        return np.less_equal(z, self.c)

    def rho(self, z):
        subset = self._subset(z)
        factor = self.c**2 / 6.
        return -(1 - (z / self.c)**2)**3 * subset * factor + factor

    def psi(self, z):
        z = np.asarray(z)
        subset = self._subset(z)
        return z * (1 - (z / self.c)**2)**2 * subset  # <- gradient

    def psi_deriv(self, z):
        subset = self._subset(z)
        return subset * ((1 - (z / self.c)**2)**2  # <- hessian
                         - (4*z**2/self.c**2) * (1-(z/self.c)**2))  # <- hessian


def hinge_squared(z, y):
    m = np.maximum(0, 1 - y*z)
    return -2*y*m  # <- gradient


def cox_like(z, y):
    """rows depend on each other: the first row has the event"""
    e = np.exp(z)
    p = e/e.sum()
    g = p.copy()
    g[0] -= 1  # <- gradient
    return g, p*(1 - p)  # <- hessian


def cross_entropy_xlogy(z, y):
    p = expit(z)
    f = lambda q: -xlogy(y, q) - xlogy(1 - y, 1 - q)
    assert f(p) is not None
    g = p - y  # <- gradient
    return g, p*(1 - p)  # <- hessian
