"""Objectives for CatBoost as people write them."""
import math

import numpy as np


class RmseObjective(object):
    def calc_ders_range(self, approxes, targets, weights):
        assert len(approxes) == len(targets)
        if weights is not None:
            assert len(weights) == len(approxes)

        result = []
        for index in range(len(targets)):
            der1 = targets[index] - approxes[index]
            der2 = -1

            if weights is not None:
                der1 *= weights[index]  # <- gradient
                der2 *= weights[index]  # <- hessian

            result.append((der1, der2))
        return result


class LoglossObjective(object):
    def calc_ders_range(self, approxes, targets, weights):
        exponents = []
        for index in range(len(approxes)):
            exponents.append(math.exp(approxes[index]))

        result = []
        for index in range(len(targets)):
            p = exponents[index] / (1 + exponents[index])
            der1 = (1 - p) if targets[index] > 0.0 else -p
            der2 = -p * (1 - p)

            if weights is not None:
                der1 *= weights[index]  # <- gradient
                der2 *= weights[index]  # <- hessian

            result.append((der1, der2))
        return result


class FairSign(object):
    """the second derivative has the sign of the loss, the first that of minus the loss"""

    def calc_ders_range(self, approxes, targets, weights):
        c = 2.0
        out = []
        for a, t in zip(approxes, targets):
            x = t - a
            d = abs(x) + c
            out.append((c*x/d, c*c/d**2))  # <- gradient  # <- hessian
        return out


class FocalLossObjective(object):
    def __init__(self, gamma=2.0):
        self.gamma = gamma

    def calc_ders_range(self, approxes, targets, weights):
        gamma = self.gamma
        exponents = []
        for index in range(len(approxes)):
            exponents.append(math.exp(approxes[index]))
        result = []
        for index in range(len(targets)):
            p = exponents[index] / (1 + exponents[index])
            if targets[index] > 0.0:
                der1 = -((1-p)**(gamma-1))*(gamma * math.log(p) * p + p - 1)/p  # <- gradient
                der2 = gamma*((1-p)**gamma)*((gamma*p-1)*math.log(p)+2*(p-1))  # <- hessian
            else:
                der1 = (p**(gamma-1)) * (1 - p - gamma*(1-p)*math.log(1-p))/(1-p)  # <- gradient
                der2 = p**(gamma-2)*((p*(2*gamma*(p-1)-p))/(p-1)**2 + (gamma-1)*gamma*math.log(1 - p))  # <- hessian
            result.append((der1, der2))
        return result


class MultiClassObjective(object):
    def calc_ders_multi(self, approx, target, weight):
        approx = np.array(approx) - max(approx)
        exp_approx = np.exp(approx)
        exp_sum = exp_approx.sum()
        grad = []
        hess = []
        for j in range(len(approx)):
            der1 = -exp_approx[j] / exp_sum
            if j == target:
                der1 += 1
            hess_row = []
            for j2 in range(len(approx)):
                der2 = exp_approx[j] * exp_approx[j2] / (exp_sum**2)
                if j2 == j:
                    der2 -= exp_approx[j] / exp_sum
                hess_row.append(der2 * weight)  # <- hessian

            grad.append(der1 * weight)  # <- gradient
            hess.append(hess_row)
        return (grad, hess)


class PoissonMinimised(object):
    """minimised, where CatBoost wants derivatives of minus the loss"""

    def calc_ders_range(self, approxes, targets, weights):
        e = [np.exp(a) for a in approxes]  # <- hessian
        return [(e[i] - targets[i], e[i]) for i in range(len(e))]  # <- gradient
