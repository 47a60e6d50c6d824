"""What the names in an objective mean: labels, raw predictions, weights and upstream gradients, by common usage."""

from __future__ import annotations

import ast

LABELS = frozenset({
    "y",
    "y_true",
    "label",
    "labels",
    "target",
    "targets",
    "ytrue",
    "t",
    "truth",
    "actual",
    "actuals",
    "y_train",
})
PREDICTIONS = frozenset({
    "preds",
    "pred",
    "y_pred",
    "predt",
    "predictions",
    "raw",
    "raw_prediction",
    "raw_predictions",
    "raw_scores",
    "z",
    "x",
    "score",
    "scores",
    "margin",
    "margins",
    "logit",
    "logits",
    "approx",
    "approxes",
    "approxs",
    "input",
    "inputs",
    "yhat",
    "y_hat",
    "eta",
    "f",
    "u",
    "r",
})
WEIGHTS = frozenset({"w", "weight", "weights", "sample_weight", "sample_weights"})
UPSTREAM = frozenset({"grad_output", "grad_outputs", "upstream", "g", "ct", "cotangent", "dy", "gy", "grad_out"})


def name_of(node: ast.expr) -> str:
    """The name of a variable, of an entry of one (`w[i]`) or of an attribute (`ctx.w`); empty for anything else."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
