r"""What R-CNN learns on top of a fixed network: a support vector machine and a box regression for each class.

Both are convex, so there is one answer and no schedule to choose.

Source: R. Girshick et al., "Rich feature hierarchies" (CVPR 2014), section 2.3 and appendix C. The hinge loss
is squared here, which leaves the support vectors and makes the objective smooth enough for L-BFGS.
"""

from typing import NamedTuple

import torch

from convnets.detection.arguments import as_floats

__all__ = ["LinearSvm", "fit_box_regression", "fit_svm", "svm_objective", "svm_objective_loops"]


class LinearSvm(NamedTuple):
    """A linear classifier, whose score of features (R, D) is features · weight + bias.

    Attributes
    ----------
    weight : Tensor of shape (D,)
    bias : Tensor of shape ()
    """

    weight: torch.Tensor
    bias: torch.Tensor

    def scores(self, features):
        """Return how far features (R, D) are on the positive side, (R,)."""
        return features @ self.weight.to(features) + self.bias.to(features)


def svm_objective(svm, features, positive, strength=1.0):
    r"""Return what a support vector machine minimises.

    .. math:: \tfrac12 \lVert w \rVert^2 + C \sum_i \max(0, 1 - y_i (w \cdot x_i + b))^2, \qquad y_i = \pm 1

    Parameters
    ----------
    svm : LinearSvm
    features : Tensor of shape (R, D)
    positive : Tensor of shape (R,)
        bool.
    strength : float
        C: what a wrong side costs against a small margin.

    Returns
    -------
    Tensor of shape ()

    Raises
    ------
    ValueError
        If shapes do not fit, a feature is not finite, or the strength is not positive.
    """
    features, signs = _checked(features, positive, strength)
    short = (1 - signs * svm.scores(features)).clamp(min=0)
    return svm.weight.square().sum() / 2 + strength * short.square().sum()


def _checked(features, positive, strength):
    features = as_floats("features", features, (None, None))
    if positive.dtype != torch.bool or tuple(positive.shape) != (len(features),):
        raise ValueError(
            f"positive must be booleans of shape ({len(features)},), got {positive.dtype} of shape "
            f"{tuple(positive.shape)}"
        )
    if strength <= 0:
        raise ValueError(f"strength must be positive, got {strength}")
    return features, torch.where(positive, 1.0, -1.0).to(features)


def svm_objective_loops(svm, features, positive, strength=1.0):
    """Return what :func:`svm_objective` returns, sample by sample: the definition."""
    features, signs = _checked(features, positive, strength)
    total = sum(w**2 for w in svm.weight.tolist()) / 2
    for row, sign in zip(features.tolist(), signs.tolist(), strict=True):
        score = sum(w * x for w, x in zip(svm.weight.tolist(), row, strict=True)) + float(svm.bias)
        total += strength * max(0.0, 1 - sign * score) ** 2
    return torch.tensor(total, dtype=features.dtype)


def fit_svm(features, positive, strength=1.0, max_steps=200):
    """Return the support vector machine that minimises :func:`svm_objective`.

    Parameters
    ----------
    features : Tensor of shape (R, D)
        What the strength is depends on their length: features twice as long are as good as four times C.
    positive : Tensor of shape (R,)
        bool.
    strength : float
        C.
    max_steps : int
        Of L-BFGS, at most.

    Returns
    -------
    LinearSvm
        float64. Without positives or without negatives everything lies on one side, and so does the bias.

    Raises
    ------
    ValueError
        As :func:`svm_objective` does.
    """
    features, _ = _checked(features, positive, strength)
    features = features.detach().double()
    weight = torch.zeros(features.shape[1], dtype=torch.float64, device=features.device, requires_grad=True)
    bias = torch.zeros((), dtype=torch.float64, device=features.device, requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [weight, bias], max_iter=max_steps, tolerance_grad=1e-8, line_search_fn="strong_wolfe"
    )

    def closure():
        optimiser.zero_grad()
        objective = svm_objective(LinearSvm(weight, bias), features, positive, strength)
        objective.backward()
        return objective

    with torch.enable_grad():
        optimiser.step(closure)
    return LinearSvm(weight.detach(), bias.detach())


def fit_box_regression(features, offsets, strength=1000.0):
    r"""Return the ridge regression from features to offsets.

    .. math:: W = (X^\top X + \lambda I)^{-1} X^\top T

    Parameters
    ----------
    features : Tensor of shape (R, D)
        Of regions that overlap an object well.
    offsets : Tensor of shape (R, 4)
        From the regions to their objects.
    strength : float
        λ, positive: the paper's 1000 is for features of a pretrained network.

    Returns
    -------
    Tensor of shape (D, 4)
        float64; features · W are the offsets. Zeros, which leave regions as they are, for R = 0.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, or the strength is not positive.
    """
    features = as_floats("features", features, (None, None)).detach().double()
    offsets = as_floats("offsets", offsets, (len(features), 4)).detach().double()
    if strength <= 0:
        raise ValueError(f"strength must be positive, got {strength}")
    ridge = strength * torch.eye(features.shape[1], dtype=torch.float64, device=features.device)
    return torch.linalg.solve(features.T @ features + ridge, features.T @ offsets)
