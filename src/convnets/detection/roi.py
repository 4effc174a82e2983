r"""Regions of a map of features, each brought to the same small size (chapter *Detection*, section regions).

RoI pooling rounds a region to whole cells and takes the greatest number of each bin (R. Girshick, "Fast
R-CNN", 2015, section 2.1). RoI align rounds nothing: it samples between the cells (K. He et al., "Mask
R-CNN", 2017, section 3). Arguments are those of torchvision's functions of these names, and so are results,
but for regions of no size. Gradients flow to the features, never to the boxes. A region costs memory for all
that it spans, also outside the map: clip boxes first. Position-sensitive pooling is left out.

RoI align is linear in the features and treats rows and columns alike but apart, so the fast form builds the
two small matrices of each region and multiplies: :math:`Y = A_y X A_x^\top`.
"""

import math

import torch
from torch.nn import functional

from convnets.detection.arguments import as_floats, check_boxes

__all__ = ["roi_align", "roi_align_loops", "roi_pool", "roi_pool_loops"]

CHUNK = 64
"""How many regions :func:`roi_align` multiplies at once, which bounds the memory it takes."""


def roi_pool(input, boxes, output_size, spatial_scale=1.0):
    """Greatest number in each bin of each region, the region rounded to whole cells.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W)
        Maps of features.
    boxes : Tensor of shape (K, 5) or sequence of N Tensors of shape (L, 4)
        Regions in pixels of the image, xyxy; in the first form the index of the image comes first.
    output_size : int or tuple of int
        Bins along height and width, P_h and P_w.
    spatial_scale : float
        Cells per pixel: 1 / stride of the map.

    Returns
    -------
    Tensor of shape (K, C, P_h, P_w)
        Corners are rounded to the nearest cell, halves away from zero, and the cell of the second corner
        still belongs to the region. Neighbouring bins share a cell where sizes do not divide. A bin wholly
        outside the map is 0. Of equal numbers one gets the gradient.

    Raises
    ------
    TypeError, ValueError
        If the input has not four axes, a box is bad (:func:`~convnets.detection.box_area`), an index is of no
        image, or a size or the scale is not positive.
    """
    images, regions, size = _checked(input, boxes, output_size, spatial_scale)
    cells = _rounded(regions * spatial_scale)
    winners = [_winners(input.detach()[image], cell, size) for image, cell in zip(images, cells, strict=True)]
    if not winners:
        return input.new_zeros((0, input.shape[1], *size))
    winners = torch.stack(winners)  # (K, C, P_h, P_w)
    channels = torch.arange(input.shape[1], device=input.device)[:, None, None]
    values = input.flatten(2)[images[:, None, None, None], channels, winners.clamp(min=0)]
    return torch.where(winners >= 0, values, 0)


def _rounded(values):
    """Round halves away from zero, as C does; torch.round would take them to the even neighbour."""
    return (values.abs() + 0.5).floor().mul(values.sign()).long().tolist()


def _winners(features, cells, size):
    """Return where on the map (C, H, W) each bin finds its greatest number; -1 for bins outside."""
    left, top, right, bottom = cells
    right, bottom = max(right, left) + 1, max(bottom, top) + 1
    height, width = features.shape[1:]
    inside = features[:, max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    beyond = (max(-left, 0), max(right - width, 0), max(-top, 0), max(bottom - height, 0))
    if 0 in inside.shape[1:]:
        return torch.full((len(features), *size), -1, device=features.device)
    if any(beyond):
        inside = functional.pad(inside, beyond, value=-math.inf)
    values, index = functional.adaptive_max_pool2d(inside, size, return_indices=True)
    row, column = index // inside.shape[2] + top, index % inside.shape[2] + left
    return torch.where(values != -math.inf, row * width + column, -1)


def roi_pool_loops(input, boxes, output_size, spatial_scale=1.0):
    """Return what :func:`roi_pool` returns, bin by bin: the definition."""
    images, regions, (rows, columns) = _checked(input, boxes, output_size, spatial_scale)
    out = input.new_zeros((len(regions), input.shape[1], rows, columns))
    places = zip(images.tolist(), _rounded(regions * spatial_scale), strict=True)
    for k, (image, (left, top, right, bottom)) in enumerate(places):
        for i in range(rows):
            ys = _bin(i, rows, top, bottom, input.shape[2])
            for j in range(columns):
                xs = _bin(j, columns, left, right, input.shape[3])
                if ys and xs:
                    window = input[image, :, ys.start : ys.stop, xs.start : xs.stop]
                    out[k, :, i, j] = window.amax(dim=(1, 2))
    return out


def _bin(index, num, first, last, length):
    """Return which cells of an axis belong to a bin of a region from the first to the last cell."""
    extent = max(last - first + 1, 1)
    start = first + index * extent // num
    stop = first - (-(index + 1) * extent // num)  # rounded up
    return range(min(max(start, 0), length), min(max(stop, 0), length))


def roi_align(input, boxes, output_size, spatial_scale=1.0, sampling_ratio=-1, aligned=False):
    """Average of samples between the cells in each bin of each region; nothing is rounded.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W)
        Maps of features.
    boxes : Tensor of shape (K, 5) or sequence of N Tensors of shape (L, 4)
        Regions in pixels of the image, xyxy; in the first form the index of the image comes first.
    output_size : int or tuple of int
        Bins along height and width, P_h and P_w.
    spatial_scale : float
        Cells per pixel: 1 / stride of the map.
    sampling_ratio : int
        Samples of a bin along either axis; if not positive, one for every cell or part of a cell that the
        bin is long, and at least one: an aligned region of no size is a point, where torchvision returns 0.
    aligned : bool
        Whether the centre of the first cell is at ½, as in the geometry of pixels. Without, it is at 0, which
        shifts everything by half a cell, and regions are made at least one cell long: torchvision's default,
        and the behaviour of the first published code.

    Returns
    -------
    Tensor of shape (K, C, P_h, P_w)
        Samples are interpolated bilinearly. Up to one cell beyond the border they take the nearest cell,
        farther outside they are 0.

    Raises
    ------
    TypeError, ValueError
        As :func:`roi_pool` does.
    """
    images, regions, size = _checked(input, boxes, output_size, spatial_scale)
    low, high = _span(regions, spatial_scale, aligned)
    across, down = (
        _sampling_matrix(low[:, axis], high[:, axis], num, length, sampling_ratio).to(input.dtype)
        for axis, num, length in ((0, size[1], input.shape[3]), (1, size[0], input.shape[2]))
    )
    order, parts = [images.new_zeros(0)], [input.new_zeros((0, input.shape[1], *size))]
    for image in images.unique().tolist():
        rows = input[image].transpose(0, 1).flatten(1)  # (H, C·W)
        for chosen in (images == image).nonzero()[:, 0].split(CHUNK):
            order.append(chosen)
            parts.append(_multiplied(rows, down[chosen], across[chosen]))
    return torch.cat(parts)[torch.cat(order).argsort()]


def _multiplied(rows, down, across):
    """Return A_y X A_xᵀ, (k, C, P_h, P_w), for one image's map as (H, C·W) and the matrices of k regions."""
    num, length = len(down), across.shape[2]
    with torch.autocast(rows.device.type, enabled=False):  # sampled in the precision of the map
        reduced = (down.flatten(0, 1) @ rows).view(num, -1, length)  # (k, P_h·C, W)
        values = reduced @ across.transpose(1, 2)
    return values.view(num, down.shape[1], -1, across.shape[1]).transpose(1, 2)


def _span(regions, spatial_scale, aligned):
    """Return the corners of regions on the map, (K, 2) each, in cells whose centres are whole numbers."""
    low, high = (regions * spatial_scale - (0.5 if aligned else 0)).split(2, dim=1)
    return low, high if aligned else torch.maximum(high, low + 1)


def _sampling_matrix(low, high, num, length, sampling_ratio):
    """Return (K, num, length): what share of each bin each cell of an axis has."""
    extent = (high - low) / num  # (K,) of a bin
    samples = extent.ceil() if sampling_ratio <= 0 else torch.full_like(extent, sampling_ratio)
    samples = samples.clamp(min=1)
    most = int(samples.max()) if len(samples) else 1
    bins = torch.arange(num, device=low.device)[:, None]
    steps = torch.arange(most, device=low.device)
    within = (steps + 0.5) / samples[:, None, None]  # (K, 1, most): part of a bin
    where = low[:, None, None] + (bins + within) * extent[:, None, None]  # (K, num, most)
    valid = (steps < samples[:, None, None]) & (where >= -1) & (where <= length)
    where = where.clamp(0, length - 1)
    first = where.floor()
    share = valid / samples[:, None, None]
    matrix = low.new_zeros(len(low), num, length)
    matrix.scatter_add_(2, first.long(), share * (1 - (where - first)))
    return matrix.scatter_add_(2, (first.long() + 1).clamp(max=length - 1), share * (where - first))


def roi_align_loops(input, boxes, output_size, spatial_scale=1.0, sampling_ratio=-1, aligned=False):
    """Return what :func:`roi_align` returns, sample by sample: the definition."""
    images, regions, (rows, columns) = _checked(input, boxes, output_size, spatial_scale)
    out = input.new_zeros((len(regions), input.shape[1], rows, columns))
    spans = zip(
        images.tolist(), *(part.tolist() for part in _span(regions, spatial_scale, aligned)), strict=True
    )
    for k, (image, low, high) in enumerate(spans):
        for i in range(rows):
            for j in range(columns):
                ys = _samples(low[1], high[1], i, rows, sampling_ratio)
                xs = _samples(low[0], high[0], j, columns, sampling_ratio)
                values = [_interpolated(input[image], y, x) for y in ys for x in xs]
                out[k, :, i, j] = torch.stack(values).mean(dim=0)
    return out


def _samples(low, high, index, num, sampling_ratio):
    """Return where a bin of an axis is sampled."""
    extent = (high - low) / num
    samples = sampling_ratio if sampling_ratio > 0 else max(math.ceil(extent), 1)
    return [low + extent * (index + (step + 0.5) / samples) for step in range(samples)]


def _interpolated(features, y, x):
    """Return the numbers (C,) of a map (C, H, W) at a place between its cells."""
    height, width = features.shape[1:]
    if not (-1 <= y <= height and -1 <= x <= width):
        return features.new_zeros(len(features))
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    top, left = int(y), int(x)
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    upper = features[:, top, left] * (left + 1 - x) + features[:, top, right] * (x - left)
    lower = features[:, bottom, left] * (left + 1 - x) + features[:, bottom, right] * (x - left)
    return upper * (top + 1 - y) + lower * (y - top)


def _checked(input, boxes, output_size, spatial_scale):
    """Return the image of each region (K,), the regions (K, 4), and the size (P_h, P_w)."""
    if not isinstance(input, torch.Tensor) or not input.is_floating_point():
        raise TypeError("input must be a tensor of floats")
    if input.dim() != 4 or 0 in input.shape[2:]:
        raise ValueError(f"input must have shape (N, C, H, W), its shape is {tuple(input.shape)}")
    size = (output_size, output_size) if isinstance(output_size, int) else tuple(output_size)
    if len(size) != 2 or min(size) < 1 or not spatial_scale > 0:
        raise ValueError(
            f"output_size must be positive and so must spatial_scale, got {output_size} and {spatial_scale}"
        )
    images, regions = _listed(boxes, len(input))
    regions = (
        check_boxes("boxes", regions).detach().to(input.device, torch.promote_types(input.dtype, torch.float))
    )
    return images.to(input.device), regions, size


def _listed(boxes, num_images):
    """Return the image of each region and the regions, from either form."""
    if isinstance(boxes, torch.Tensor):
        boxes = as_floats("boxes", boxes, (None, 5))
        images = boxes[:, 0].long()
        if bool(((images != boxes[:, 0]) | (images < 0) | (images >= num_images)).any()):
            raise ValueError(
                f"boxes must begin with the index of one of {num_images} images, got {boxes[:, 0].tolist()}"
            )
        return images, boxes[:, 1:]
    boxes = [check_boxes(f"boxes[{index}]", part) for index, part in enumerate(boxes)]
    if len(boxes) != num_images:
        raise ValueError(f"boxes must be given for each of {num_images} images, got {len(boxes)} tensors")
    images = [torch.full((len(part),), index, device=part.device) for index, part in enumerate(boxes)]
    return (torch.cat(images), torch.cat(boxes)) if boxes else (torch.zeros(0).long(), torch.zeros(0, 4))
