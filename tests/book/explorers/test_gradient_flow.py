"""The gradient through one filter, driven in the browser and compared with convnets.backprop and torch."""

import itertools

import numpy as np
import pytest
import torch

from convnets.backprop import conv2d_backward
from convnets.widgets.gradient_flow import GradientFlow

GRID = list(itertools.product((1, 2, 3), (0, 1, 2)))


def state(stride, padding, dimensions="2-D", shown="numbers"):
    return GradientFlow(stride=stride, padding=padding, dimensions=dimensions, shown=shown).state()


def backward(grad, x, weight, stride, padding):
    """Return grad_x and grad_weight of convnets.backprop for one image, channel and filter."""
    four = (np.asarray(array, dtype=float)[None, None] for array in (grad, x, weight))
    return [array[0, 0] for array in conv2d_backward(*four, stride, padding)[:2]]


@pytest.mark.parametrize(("stride", "padding"), GRID)
def test_totals_agree_with_backprop_and_torch(pure, stride, padding):
    given = state(stride, padding)
    layer = pure("gradient_flow", "layerOf", given)
    found = pure("gradient_flow", "totals", layer, len(layer["grad"]) ** 2 - 1)
    grad_x, grad_weight = backward(layer["grad"], given["x"], given["weight"], stride, padding)
    np.testing.assert_array_equal(pure("gradient_flow", "cropped", found["gradX"], layer), grad_x)
    np.testing.assert_array_equal(found["gradWeight"], grad_weight)
    x, weight = (
        torch.tensor(given[name], dtype=torch.float64)[None, None].requires_grad_()
        for name in ("x", "weight")
    )
    y = torch.nn.functional.conv2d(x, weight, None, stride, padding)
    y.backward(torch.tensor(layer["grad"], dtype=torch.float64)[None, None])
    np.testing.assert_array_equal(grad_x, x.grad[0, 0])
    np.testing.assert_array_equal(grad_weight, weight.grad[0, 0])


@pytest.mark.parametrize(("stride", "padding"), GRID)
def test_one_dimension_agrees_with_backprop(pure, stride, padding):
    given = state(stride, padding, "1-D")
    layer = pure("gradient_flow", "layerOf", given)
    found = pure("gradient_flow", "totals", layer, len(layer["grad"][0]) - 1)
    row, kernel = given["x"][:1], given["weight"][1:2]
    grad_x, grad_weight = backward(layer["grad"], row, kernel, (1, stride), (0, padding))
    np.testing.assert_array_equal(pure("gradient_flow", "cropped", found["gradX"], layer), grad_x)
    np.testing.assert_array_equal(found["gradWeight"], grad_weight)


def board(page, title):
    """The numbers on the board whose title begins so, row by row."""
    (figure,) = [each for each in page.locator("figure").all() if each.inner_text().startswith(title)]
    return [int(text.replace("−", "-")) for text in figure.locator("text").all_text_contents()]


def test_each_step_adds_the_kernel_and_the_window(show, said):
    page = show(GradientFlow)
    given = state(1, 0)
    x, weight = np.array(given["x"]), np.array(given["weight"])
    grad_x, grad_weight = np.zeros((5, 5), dtype=int), np.zeros((3, 3), dtype=int)
    for place in range(9):
        i, j = divmod(place, 3)
        value = given["grad_output"][i][j]
        grad_x[i : i + 3, j : j + 3] += value * weight
        grad_weight += value * x[i : i + 3, j : j + 3]
        assert board(page, "grad_x") == grad_x.ravel().tolist()
        assert board(page, "grad_weight") == grad_weight.ravel().tolist()
        assert board(page, f"{value} · weight".replace("-", "−")) == (value * weight).ravel().tolist()
        assert said(page).startswith(f"Output at row {i}, column {j}: its gradient")
        if place < 8:
            page.get_by_role("button", name="Next").click()
    assert said(page).endswith("both gradients are complete.")
    np.testing.assert_array_equal(
        grad_x, backward(np.array(given["grad_output"])[:3, :3], x, weight, 1, 0)[0]
    )
    page.get_by_role("button", name="Back").press("Enter")
    assert "complete" not in said(page)


def test_a_single_one_copies_the_kernel_and_the_window(show, said):
    page = show(lambda: GradientFlow(stride=1, padding=1))
    page.get_by_role("combobox", name="Gradients").select_option("one")
    assert said(page) == "Output at row 0, column 0: its gradient is 0, so it adds nothing."
    page.get_by_role("button", name="Last").click()
    given = state(1, 1)
    expected = np.zeros((7, 7), dtype=int)
    expected[2:5, 2:5] = given["weight"]
    assert board(page, "grad_x") == expected.ravel().tolist()
    assert board(page, "grad_weight") == np.array(given["x"])[1:4, 1:4].ravel().tolist()


def test_stride_padding_and_dimensions_change_the_layer(show, said):
    page = show(lambda: GradientFlow(position=4))
    assert "row 1, column 1" in said(page)
    page.get_by_label("Stride S").fill("2")
    page.get_by_label("Padding P").fill("2")
    assert said(page).startswith(
        "Output at row 0, column 0: its gradient 1 times the kernel is added into "
        "grad_x from row −2, column −2 on"
    )
    assert "thrown away" in page.locator("main").inner_text()
    assert len(board(page, "grad_output")) == 16
    page.get_by_role("combobox", name="Window moves").select_option("1-D")
    assert said(page).startswith(
        "Output at place 0: its gradient 1 times the kernel is added into grad_x from place −2 on"
    )
    assert len(board(page, "x, the input")) == 9
    assert "the same 3 weights" in page.locator("main").inner_text()


def test_outputs_are_chosen_on_their_board(show, said):
    page = show(GradientFlow)
    grad = page.get_by_role("application", name="Gradients of the outputs")
    grad.press("ArrowDown")
    grad.press("ArrowRight")
    grad.press("ArrowLeft")
    grad.press("ArrowLeft")
    assert "row 1, column 0" in said(page)
    size = grad.bounding_box()
    grad.click(position={"x": 0.8 * size["width"], "y": 0.2 * size["height"]})
    assert "row 0, column 2" in said(page)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"x": [[1, 2], [3, 4]]}, ValueError, r"x expects shape \(5, 5\), its shape is \(2, 2\)"),
        ({"weight": np.full((3, 3), 0.5)}, TypeError, "weight expects whole numbers"),
        ({"weight": np.full((3, 3), 10)}, ValueError, "weight expects numbers from -9 to 9"),
        ({"stride": 4}, ValueError, "stride expects 1 to 3"),
        ({"padding": 0.5}, TypeError, "padding expects an integer"),
        ({"dimensions": "3-D"}, ValueError, "dimensions expects one of"),
        ({"shown": "zeros"}, ValueError, "shown expects one of"),
    ],
)
def test_gradient_flow_refuses(change, error, message):
    with pytest.raises(error, match=message):
        GradientFlow(**change)
