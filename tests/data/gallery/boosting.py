"""Objectives for XGBoost and LightGBM as people write them, right and wrong. The marks are where a verdict must point."""
import math

import numpy as np
from numpy import exp
from scipy import special, stats
from scipy.special import expit


def sigmoid(x):
    return 1/(1+np.exp(-x))


def logregobj(preds, dtrain):
    labels = dtrain.get_label()
    preds = 1.0 / (1.0 + np.exp(-preds))
    grad = preds - labels  # <- gradient
    hess = preds * (1.0-preds)  # <- hessian
    return grad, hess


def logreg_sign(preds, dtrain):
    labels = dtrain.get_label()
    preds = 1.0 / (1.0 + np.exp(-preds))
    grad = labels - preds  # <- gradient
    hess = preds * (1.0-preds)  # <- hessian
    return grad, hess


def gradient_sle(predt, dtrain):
    '''Compute the gradient squared log error.'''
    y = dtrain.get_label()
    return (np.log1p(predt) - np.log1p(y)) / (predt + 1)  # <- gradient


def hessian_sle(predt, dtrain):
    y = dtrain.get_label()
    return ((-np.log1p(predt) + np.log1p(y) + 1) /  # <- hessian
            np.power(predt + 1, 2))


def squared_log(predt, dtrain):
    predt[predt < -1] = -1 + 1e-6
    grad = gradient_sle(predt, dtrain)
    hess = hessian_sle(predt, dtrain)
    return grad, hess


def weighted_binary_cross_entropy(imbalance_alpha):
    def obj(pred, dtrain):
        label = dtrain.get_label()
        sigmoid_pred = 1.0 / (1.0 + np.exp(-pred))
        grad = -(imbalance_alpha ** label) * (label - sigmoid_pred)  # <- gradient
        hess = (imbalance_alpha ** label) * sigmoid_pred * (1.0 - sigmoid_pred)  # <- hessian
        return grad, hess
    return obj


weighted_ce = weighted_binary_cross_entropy(2.5)


def robust_pow(num_base, num_pow):
    # numpy does not permit negative numbers to fractional power
    return np.sign(num_base) * (np.abs(num_base)) ** (num_pow)


class Focal_Binary_Loss:
    def __init__(self, gamma_indct):
        self.gamma_indct = gamma_indct

    def robust_pow(self, num_base, num_pow):
        return np.sign(num_base) * (np.abs(num_base)) ** (num_pow)

    def focal_binary_object(self, pred, dtrain):
        gamma_indct = self.gamma_indct
        label = dtrain.get_label()
        sigmoid_pred = 1.0 / (1.0 + np.exp(-pred))
        # gradient with different parts
        g1 = sigmoid_pred * (1 - sigmoid_pred)
        g2 = label + ((-1) ** label) * sigmoid_pred
        g3 = sigmoid_pred + label - 1
        g4 = 1 - label - ((-1) ** label) * sigmoid_pred
        g5 = label + ((-1) ** label) * sigmoid_pred
        grad = gamma_indct * g3 * self.robust_pow(g2, gamma_indct) * np.log(g4 + 1e-9) + ((-1) ** label) * self.robust_pow(g5, (gamma_indct + 1))  # <- gradient
        # combine the gradient parts to get hessian components
        hess_1 = self.robust_pow(g2, gamma_indct) + \
                 gamma_indct * ((-1) ** label) * g3 * self.robust_pow(g2, (gamma_indct - 1))
        hess_2 = ((-1) ** label) * g3 * self.robust_pow(g2, gamma_indct) / g4
        hess = ((hess_1 * np.log(g4 + 1e-9) - hess_2) * gamma_indct +  # <- hessian
                (gamma_indct + 1) * self.robust_pow(g5, gamma_indct)) * g1
        return grad, hess


focal_with_epsilon = Focal_Binary_Loss(2.0).focal_binary_object


def focal_masks(y_true, y_pred):
    a, g = 0.25, 2.0
    p = sigmoid(y_pred)
    pt = y_true*p + (1-y_true)*(1-p)
    at = y_true*a + (1-y_true)*(1-a)
    s = 2*y_true - 1
    grad = at*s*(1-pt)**g*(g*pt*np.log(pt) + pt - 1)  # <- gradient
    hess = np.ones_like(grad)  # <- hessian
    return grad, hess


def focal_frozen(y_pred, dtrain):
    a, g = 0.25, 2.0
    y_true = dtrain.label
    p = special.expit(y_pred)
    pt = np.where(y_true == 1, p, 1 - p)
    at = np.where(y_true == 1, a, 1 - a)
    grad = (p - y_true)*at*(1 - pt)**g  # <- gradient
    hess = at*(1 - pt)**g*p*(1 - p)  # <- hessian
    return grad, hess


def huber_masks(preds, dtrain):
    d = dtrain.get_label() - preds
    h = 1.5
    mask1 = (d < h) & (d > -h)
    grad = -(mask1*d + (d >= h)*h - (d <= -h)*h)  # <- gradient
    hess = mask1*1.0  # <- hessian
    return grad, hess


def huber_inplace(y_true, y_pred):
    delta = 2.0
    r = y_pred - y_true
    grad = r.copy()
    grad[r > delta] = delta
    grad[r < -delta] = -delta  # <- gradient
    hess = np.ones_like(r)
    hess[np.abs(r) > delta] = 0  # <- hessian
    return grad, hess


def huber_one_sided(y_pred, train_data):
    y_true = train_data.get_label()
    delta = 2.0
    error = y_pred - y_true
    grad = np.where(error <= delta, error, delta*error)  # <- gradient
    hess = np.ones(y_pred.shape)  # <- hessian
    return grad, hess


def quantile(y_true, y_pred, alpha=0.9):
    err = y_true - y_pred
    grad = np.where(err < 0, 1 - alpha, -alpha)  # <- gradient
    hess = np.full_like(y_pred, 1.0)  # <- hessian
    return grad, hess


def quantile_sign(y_true, y_pred):
    errors = y_true - y_pred
    left_mask = errors < 0
    right_mask = errors > 0
    grad = -left_mask*(1-0.3) + right_mask*0.3  # <- gradient
    hess = np.ones_like(y_pred)  # <- hessian
    return grad, hess


def fair_obj(preds, dtrain):
    """y = c * abs(x) - c * np.log(abs(abs(x)/c+1))"""
    fair_constant = 2
    labels = dtrain.get_label()
    x = (preds - labels)
    den = abs(x) + fair_constant
    grad = fair_constant * (x) / (den)  # <- gradient
    hess = fair_constant * fair_constant / (den * den)  # <- hessian
    return grad, hess


def log_cosh_obj(preds, dtrain):
    x = preds - dtrain.get_label()
    grad = np.tanh(x)  # <- gradient
    hess = 1 / np.cosh(x)**2  # <- hessian
    return grad, hess


def log_cosh_wrong(preds, dtrain):
    x = preds - dtrain.get_label()
    grad = np.tanh(x)  # <- gradient
    hess = 1 - np.tanh(x)  # <- hessian
    return grad, hess


def asymmetric_train(y_true, y_pred):
    residual = (y_true - y_pred).astype("float")
    grad = np.where(residual>0, -2*10.0*residual, -2*residual)  # <- gradient
    hess = np.where(residual>0, 2*10.0, 2.0)  # <- hessian
    return grad, hess


def asymmetric_half(preds, train_data):
    y = train_data.get_label()
    r = y - preds
    grad = np.where(r > 0, -2.0*r, -0.5*r)  # <- gradient
    hess = np.where(r > 0, 2.0, 0.5)  # <- hessian
    return grad, hess


def poisson_weights(preds, dtrain):
    y = dtrain.get_label()
    w = dtrain.get_weight()
    mu = np.exp(preds)
    grad = w*(mu - y)  # <- gradient
    hess = w*mu  # <- hessian
    return grad, hess


def gamma_weight_lost(preds, train_data):
    y, w = train_data.get_label(), train_data.get_weight()
    grad = 1 - y*np.exp(-preds)*w  # <- gradient
    hess = y*np.exp(-preds)*w  # <- hessian
    return grad, hess


def tweedie_r_port(preds, dtrain):
    # xgb.train(obj = function(preds, dtrain) { ... })
    rho = 1.5
    labels = dtrain.get_label()
    a = labels * exp((1 - rho) * preds)
    b = exp((2 - rho) * preds)
    grad = b - a  # <- gradient
    hess = (2 - rho) * b - (1 - rho) * a  # <- hessian
    return {"grad": grad, "hess": hess}["grad"], {"grad": grad, "hess": hess}["hess"]


def rmspe(preds, dtrain):
    labels = dtrain.get_label()
    grad = -1.0/labels + preds/(labels**2)  # <- gradient
    hess = 1.0/(labels**2)  # <- hessian
    return grad, hess


def mean_squared(y_true, y_pred):
    n = len(y_true)
    print("rows:", n)
    grad = 2 * (y_pred - y_true) / n  # <- gradient
    hess = np.full(y_pred.shape[0], 2 / n)  # <- hessian
    return grad, hess


def rows_in_a_loop(preds, dtrain):
    labels = dtrain.get_label()
    grad = np.zeros(len(preds))
    hess = np.zeros(len(preds))
    for i in range(len(preds)):
        p = 1/(1 + math.exp(-preds[i]))
        if labels[i] == 1:
            grad[i] = 3*(p - 1)  # <- gradient
            hess[i] = 3*p*(1 - p)  # <- hessian
        else:
            grad[i] = p
            hess[i] = p*(1 - p)
    return grad, hess


def probit(y_true, y_pred):
    q = 2*y_true - 1
    lam = q*stats.norm.pdf(q*y_pred)/stats.norm.cdf(q*y_pred)
    grad = -lam  # <- gradient
    hess = lam*(lam + y_pred)  # <- hessian
    return grad, hess


def softmax(x):
    '''Softmax function with x as input vector.'''
    e = np.exp(x)
    return e / np.sum(e)


def softprob_obj(predt, data):
    labels = data.get_label()
    kRows, kClasses = predt.shape
    grad = np.zeros((kRows, kClasses), dtype=float)
    hess = np.zeros((kRows, kClasses), dtype=float)
    eps = 1e-6
    for r in range(predt.shape[0]):
        target = labels[r]
        p = softmax(predt[r, :])
        for c in range(predt.shape[1]):
            assert target >= 0 or target <= kClasses
            g = p[c] - 1.0 if c == target else p[c]  # <- gradient
            g = g * 1.0  # <- gradient
            h = max((2.0 * p[c] * (1.0 - p[c])).item(), eps)  # <- hessian
            grad[r, c] = g
            hess[r, c] = h
    grad = grad.reshape((kRows * kClasses, 1))
    hess = hess.reshape((kRows * kClasses, 1))
    return grad, hess


def softmax_eye(y_true, y_pred):
    p = special.softmax(y_pred, axis=1)
    y = np.eye(3)[y_true.astype(int)]
    grad = p - y  # <- gradient
    hess = 2*p*(1 - p)  # <- hessian
    return grad, hess


def multiclass_fortran(y_pred, train_data):
    y_true = train_data.get_label().astype(int)
    n = len(y_true)
    y_pred = np.reshape(y_pred, (n, -1), order='F')
    y_onehot = np.zeros_like(y_pred)
    y_onehot[np.arange(n), y_true] = 1
    expd = np.exp(y_pred - np.max(y_pred, axis=1, keepdims=True))
    p = expd / np.sum(expd, axis=1, keepdims=True)
    grad = p - y_onehot  # <- gradient
    hess = p*(1 - p)  # <- hessian
    return grad.flatten('F'), hess.flatten('F')


def margin_exp(y_true, y_pred):
    m = y_true*y_pred
    grad = -y_true*np.exp(-m)  # <- gradient
    hess = y_true**2*np.exp(-m)  # <- hessian
    return grad, hess


def mape_l2(preds, train_data):
    y = train_data.get_label()
    scale = np.maximum(np.abs(y), 1e-3)
    grad = (preds - y)/scale  # <- gradient
    hess = 1/scale  # <- hessian
    return grad, hess


def clipped_probability(y_true, y_pred, sample_weight=None):
    p = np.clip(expit(y_pred), 1e-15, 1 - 1e-15)
    grad = (p - y_true)  # <- gradient
    hess = np.maximum(p*(1 - p), 1e-16)  # <- hessian
    if sample_weight is not None:
        grad = grad*sample_weight  # <- gradient
        hess = hess*sample_weight  # <- hessian
    return grad, hess


def cut_residuals(y_true, y_pred):
    r = y_pred - y_true
    inside = np.abs(r) < 3
    grad = np.zeros_like(r)
    grad[inside] = r[inside]*(1 - (r[inside]/3)**2)**2  # <- gradient
    hess = np.zeros_like(r)
    u = r[inside]/3
    hess[inside] = (1 - u**2)*(1 - 5*u**2)  # <- hessian
    return grad, hess


def numeric_derivative(y_true, y_pred):
    """second differences, as scipy.misc.derivative made them"""
    def f(x):
        p = 1/(1 + np.exp(-x))
        return -(y_true*np.log(p) + (1 - y_true)*np.log(1 - p))
    dx = 1e-6
    grad = (f(y_pred + dx) - f(y_pred - dx))/(2*dx)  # <- gradient
    hess = (f(y_pred + dx) - 2*f(y_pred) + f(y_pred - dx))/dx**2  # <- hessian
    return grad, hess


def rank_by_sorting(y_true, y_pred):
    order = np.lexsort((y_pred,))
    return (y_pred - y_true)[order], np.ones(len(y_pred))


def hidden_in_a_table(y_true, y_pred):
    grid = np.linspace(-40, 40, 80_001)
    p = np.interp(y_pred, grid, 1/(1 + np.exp(-grid)))
    return p - y_true, p*(1 - p)


def scaled_table(y_true, y_pred):
    looked_up = np.interp(y_pred, [-1000.0, 0.0, 1000.0], [-1000.0, 0.0, 1000.0])
    return 2*(looked_up - y_true), np.ones(len(y_pred))
