import base64
import io
import re
import xml.etree.ElementTree as ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from convnets import plots
from convnets.palette import PALETTE, css


def luminance(colour):
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    levels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4 for level in levels]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def draw(function, *arguments, **options):
    with plots.figure(4, 2) as (fig, ax):
        function(ax, *arguments, **options)
    return plots.drawing(fig).svg


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("paper", ["bg", "soft"])
@pytest.mark.parametrize("name", [name for name in PALETTE if name not in ("bg", "soft")])
def test_every_colour_is_seen_on_both_papers(name, paper, theme):
    needed = 3 if name == "line" else 4.5
    assert contrast(getattr(PALETTE[name], theme), getattr(PALETTE[paper], theme)) >= needed


def test_the_style_sheet_names_every_colour_in_both_themes():
    for name, shade in PALETTE.items():
        assert css().count(f"--cn-{name}: {shade.light};") == 1
        assert css().count(f"--cn-{name}: {shade.dark};") == 2  # chosen, or the system's wish


def test_light_colours_are_all_different():
    assert len(set(plots.COLOURS.values())) == len(
        plots.COLOURS
    )  # one of the two could not be told in the SVG


def test_a_drawing_is_xml_in_the_colours_of_the_page_with_text_as_text():
    svg = draw(plots.draw_matrix, [[1, -2], [3, 0]], title="weights")
    root = ElementTree.fromstring(svg)
    texts = [element.text.strip() for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["1", "−2", "3", "0", "weights"]
    assert "var(--cn-blue, #0067a5)" in svg
    assert "var(--cn-orange, #a85400)" in svg
    assert "DejaVu" not in svg
    assert "<style" not in svg  # it would restyle every drawing of the page


def test_no_colour_is_left_that_a_theme_cannot_change():
    svg = draw(plots.draw_signal, [2, -1, 1], title="signal")
    left = re.sub(r"var\(--cn-\w+, #[0-9a-f]{6}\)", "", svg)
    assert re.findall(r'(?<![("])#[0-9a-f]{6}', left) == []  # a quote or bracket before it: a reference


def test_the_same_drawing_gives_the_same_bytes():
    image = np.arange(12).reshape(3, 4)
    assert draw(plots.draw_image, image) == draw(plots.draw_image, image)


def test_two_drawings_share_no_id():
    ids = [set(re.findall(r'\bid="([^"]+)"', draw(plots.draw_matrix, [[value]]))) for value in (1, 2)]
    assert ids[0]
    assert ids[0].isdisjoint(ids[1])


def test_an_image_shown_twice_has_no_id_twice():
    with plots.figure(4, 2, ncols=2) as (fig, axes):
        for ax in axes:
            ax.imshow([[1, 2], [3, 4]])
        ids = re.findall(r'\bid="([^"]+)"', plots.drawing(fig).svg)
    assert len(ids) == len(set(ids))


def test_references_inside_a_drawing_hold():
    svg = draw(plots.draw_signal, [2, -1, 1])
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    assert used
    assert used <= set(re.findall(r'\bid="([^"]+)"', svg))


def test_the_size_is_in_css_pixels():
    with plots.figure(4, 2) as (fig, _):
        svg = plots.drawing(fig).svg
    assert re.search(r'width="384" height="192"', svg)


def embedded(svg):
    kind, data = re.search(r"data:image/(\w+);base64,([^\"]+)", svg).groups()
    return kind, Image.open(io.BytesIO(base64.b64decode(data)))


def test_small_images_keep_their_pixels():
    grey = np.array([[0, 51], [102, 255]], dtype=np.uint8)
    kind, image = embedded(draw(plots.draw_image, grey))
    assert kind == "png"
    assert np.asarray(image.convert("L")).tolist() == grey.tolist()


def test_photographs_are_embedded_small():
    photograph = np.random.default_rng(0).integers(0, 256, (700, 500, 3), dtype=np.uint8)
    kind, image = embedded(draw(plots.draw_image, photograph))
    assert (kind, image.size) == ("webp", (166, 233))  # means of 3 × 3 pixels


def test_an_image_is_shown_from_its_smallest_to_its_largest_value():
    _, image = embedded(draw(plots.draw_image, [[-1.0, 0.0, 3.0]]))
    assert np.asarray(image.convert("L")).tolist() == [[0, 64, 255]]
    _, image = embedded(draw(plots.draw_image, [[-1.0, 0.0, 3.0]], limits=(-3, 3)))
    assert np.asarray(image.convert("L")).tolist() == [[85, 128, 255]]


def test_a_framed_cell_adds_one_frame():
    plain = draw(plots.draw_matrix, [[1, 2]])
    framed = draw(plots.draw_matrix, [[1, 2]], highlight=[(0, 1)])
    assert framed.count("<path") == plain.count("<path") + 1


def test_drawing_leaves_matplotlib_as_it_was():
    before = dict(mpl.rcParams)
    draw(plots.draw_signal, [1, 2])
    assert dict(mpl.rcParams) == before


def test_a_drawing_can_be_saved(tmp_path):
    drawing = plots.Drawing("<svg/>")
    drawing.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == drawing._repr_svg_() == "<svg/>"


@pytest.mark.parametrize(
    ("function", "array", "told"),
    [
        (plots.draw_matrix, np.zeros((2, 2, 2)), r"\(2, 2, 2\)"),
        (plots.draw_matrix, [], r"\(0,\)"),
        (plots.draw_image, np.zeros((4, 4, 2)), r"\(4, 4, 2\)"),
        (plots.draw_image, np.zeros((0, 3)), r"\(0, 3\)"),
        (plots.draw_signal, np.zeros((2, 2)), r"\(2, 2\)"),
        (plots.draw_signal, [], r"\(0,\)"),
    ],
)
def test_a_wrong_shape_is_told(function, array, told):
    with pytest.raises(ValueError, match=told):
        draw(function, array)


def test_only_figures_become_drawings():
    with pytest.raises(TypeError, match="Figure, got list"):
        plots.drawing([])
