"""A classifier that slides: fully connected layers as convolutions (chapter *Architectures*, section zfnet).

Source: P. Sermanet et al., "OverFeat: integrated recognition, localization and detection using convolutional
networks" (2014), section 3.5. Left out are OverFeat's offsets, which make the steps between the answers
smaller than the product of the strides.
"""

from torch import nn

__all__ = ["as_convolutions"]


def as_convolutions(classifier, in_shape):
    """Return a classifier on flattened maps as convolutions with the same weights, for maps of any size.

    The first fully connected layer becomes a convolution with windows as large as the maps that it used to
    see, the others become convolutions of 1×1. On larger maps the result has an answer for each place that
    the window can take, as if the classifier had been run on every one of them.

    Parameters
    ----------
    classifier : torch.nn.Sequential
        Fully connected layers, and layers that work on each number alone. Flattening layers are dropped.
    in_shape : tuple of int
        (C, H, W) of the maps that the classifier sees flattened.

    Returns
    -------
    torch.nn.Sequential
        Turns maps (N, C, H', W') into answers (N, num_classes, H' − H + 1, W' − W + 1). Weights are shared
        with `classifier`, not copied.

    Raises
    ------
    ValueError
        If the first fully connected layer does not take C · H · W numbers.
    """
    layers, (channels, *window) = [], in_shape
    for layer in classifier:
        if isinstance(layer, nn.Flatten):
            continue
        if isinstance(layer, nn.Linear):
            expected = channels * window[0] * window[1]
            if layer.in_features != expected:
                raise ValueError(
                    f"maps of {channels}×{window[0]}×{window[1]} have {expected} numbers, "
                    f"the layer takes {layer.in_features}"
                )
            layers.append(_as_convolution(layer, channels, window))
            channels, window = layer.out_features, [1, 1]
        else:
            layers.append(layer)
    return nn.Sequential(*layers).train(classifier.training)


def _as_convolution(layer, channels, window):
    has_bias = layer.bias is not None
    convolution = nn.Conv2d(channels, layer.out_features, tuple(window), bias=has_bias, device="meta")
    convolution.weight = nn.Parameter(layer.weight.view(layer.out_features, channels, *window))
    if has_bias:
        convolution.bias = layer.bias
    return convolution
