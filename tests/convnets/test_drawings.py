"""Every figure of the chapters draws, is well-formed SVG, and says what it should."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from convnets import convolution, plots
from convnets.drawings import convolution as of_convolution
from convnets.drawings import seeing as of_seeing
from convnets.drawings.cover import README_PICTURE, cover
from convnets.drawings.listing import Listing

A, B = [2, -1, 1], [1, 1, 2]
X, W = [[1, 3, 1], [0, -1, 1], [2, 2, -1]], [[1, 2], [0, -1]]
LAPLACIAN = convolution.KERNELS["laplacian"].weights
IMAGE = np.random.default_rng(0).random((24, 30))


def labels(drawing):
    """The texts of a drawing, in order."""
    assert isinstance(drawing, plots.Drawing)
    root = ElementTree.fromstring(drawing.svg)
    texts = ["".join(node.itertext()).strip() for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert not [text for text in texts if re.fullmatch(r"−0(\.0*)?|nan", text)]
    return texts


def images(drawing):
    return drawing.svg.count("<image")


def test_copies_of_a_kernel():
    texts = labels(of_convolution.copies_of_a_kernel(A, B))
    assert texts == ["2", "2", "4", "2 × (1, 1, 2)", "−1", "−1", "−2", "−1 × (1, 1, 2)", "1", "1", "2",
                     "1 × (1, 1, 2)", "2", "1", "4", "−1", "2", "sum of the columns"]  # fmt: skip


def test_flipped_windows():
    texts = labels(of_convolution.flipped_windows(A, B))
    assert [text for text in texts if "→" in text] == ["→ 2", "→ 1", "→ 4", "→ −1", "→ 2"]
    first = texts.index("t = 0")
    assert texts[first - 3 : first] == ["2", "1", "1"], "the kernel is drawn flipped"


def test_toeplitz_picture():
    assert labels(of_convolution.toeplitz_picture(B, 3)) == list("100110211021002")


def test_copies_of_an_image():
    texts = labels(of_convolution.copies_of_an_image(X, W))
    titles = [text for text in texts if "×" in text]
    assert titles == ["1 × x, 0 down, 0 right", "2 × x, 0 down, 1 right", "−1 × x, 1 down, 1 right"]
    expected = convolution.conv2d_translate_and_scale(X, W).ravel()
    assert [text for text in texts if text not in titles][-17:-1] == [
        f"{v}".replace("-", "−") for v in expected
    ]


def test_doubly_block_picture_writes_only_what_is_not_zero():
    texts = labels(of_convolution.doubly_block_picture(W, (3, 3)))
    assert len(texts) == np.count_nonzero(convolution.doubly_block_toeplitz(np.array(W), (3, 3))) == 27
    assert set(texts) == {"1", "2", "−1"}


def test_kernel_gallery():
    drawing = of_convolution.kernel_gallery(IMAGE, ["blur", "sobel_x"])
    assert images(drawing) == 2
    assert {"blur: sum 8", "sobel x: sum 0"} <= set(labels(drawing))


def test_axis_of_sharpness():
    drawing = of_convolution.axis_of_sharpness(IMAGE, LAPLACIAN, [("less", -0.1), ("more", 0.1)])
    assert images(drawing) == 2
    assert labels(drawing) == ["less", "more"]


def test_signs_of_sobel():
    step = [0, 0, 1, 1]  # four columns: no tick says 4
    texts = labels(of_convolution.signs_of_sobel(step, convolution.KERNELS["sobel_x"].weights))
    assert [t for t in texts if t.lstrip("−") == "4"] == ["4", "4", "−4", "−4"]


def test_wrapped_sums():
    texts = labels(of_convolution.wrapped_sums(A, B, [3, 5]))
    assert texts == ["1", "3", "4", "length 3", "2", "1", "4", "−1", "2", "length 5"]


def test_crossover_chart_shows_what_was_recorded():
    times = {"median_s": 2.0, "lower_quartile_s": 1.0, "upper_quartile_s": 3.0}
    records = [
        {"form": form, "channels": channels, "size": 64, "kernel_size": side, **times}
        for form in ("conv2d_im2col", "conv2d_fft")
        for channels in (1, 16)
        for side in (3, 7)
    ]
    texts = labels(of_convolution.crossover_chart(records, channels=[1, 16]))
    assert {"im2col", "FFT", "1 channel", "16 channels", "3", "7"} <= set(texts)


def test_image_row():
    drawing = of_seeing.image_row([IMAGE, IMAGE, IMAGE], ["one", "two", "three"], columns=2)
    assert images(drawing) == 3
    assert labels(drawing) == ["one", "two", "three"]


def test_accuracy_by_shift():
    texts = labels(of_seeing.accuracy_by_shift([0, 1, 2], {"this": [0.9, 0.8, 0.7], "that": [0.9, 0.1, 0.1]}))
    assert {"this", "that", "guessing", "accuracy"} <= set(texts)


def test_correlation_by_distance():
    texts = labels(of_seeing.correlation_by_distance([1, 2, 64], {"grey": [1, 0.9, 0.3]}))
    assert {"1", "2", "64", "grey", "correlation"} <= set(texts)


def test_three_layers_states_the_counts():
    texts = labels(of_seeing.three_layers(num_inputs=7, kernel_size=3))
    for title in ("fully connected: 35 weights", "locally connected: 15 weights", "convolution: 3 weights"):
        assert title in texts


def test_filter_grid_and_patch_rows():
    filters = np.random.default_rng(0).standard_normal((5, 4, 4, 3))
    assert images(of_seeing.filter_grid(filters, columns=3)) == 5
    assert (
        images(of_seeing.patch_rows([IMAGE[None, :5, :5].repeat(3, 0), IMAGE[None, :9, :9].repeat(3, 0)]))
        == 6
    )


def test_figures_fit_on_a_phone():
    widths = [
        int(re.search(r' width="(\d+)', drawing.svg)[1])
        for drawing in (of_seeing.three_layers(), of_convolution.doubly_block_picture(W, (3, 3)))
    ]
    assert max(widths) <= 500, "scaled to a phone's 350 pixels, 11 point text would be too small"


def test_listing_shows_the_code_without_decorators_and_docstring():
    shown = Listing(convolution.conv1d_translate_and_scale, convolution.conv2d_im2col)._repr_markdown_()
    assert shown.startswith("```python\ndef conv1d_translate_and_scale(a, b, mode=")
    assert "out[t : t + K] += a[t] * b" in shown
    assert "Returns" not in shown
    assert '"""' not in shown
    assert "@" not in shown.split("def conv2d_im2col")[0]
    compile(Listing(convolution.conv2d_im2col).source, "listing", "exec")


def test_listing_needs_python_source():
    with pytest.raises(TypeError):
        Listing(len)


def test_readme_shows_the_cover_as_it_is_drawn():
    """Pixels aside, which another build of the image library may pack otherwise."""

    def drawn(svg):
        return re.sub(r"d[0-9a-f]{7}-|data:image/[^\"]*", "", svg)

    assert drawn(README_PICTURE.read_text(encoding="utf-8")) == drawn(cover().svg)
