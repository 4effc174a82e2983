"""What a drawing says: its texts, and how many pictures it embeds."""

import re
from xml.etree import ElementTree

import pytest

from convnets import plots


def _texts(drawing):
    assert isinstance(drawing, plots.Drawing)
    root = ElementTree.fromstring(drawing.svg)
    texts = ["".join(node.itertext()).strip() for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert not [text for text in texts if re.fullmatch(r"−0(\.0*)?|nan", text)]
    assert int(re.search(r' width="(\d+)', drawing.svg)[1]) <= 500, "too wide for a phone"
    return texts


@pytest.fixture
def texts():
    """Return the function that lists the texts of a drawing, in order."""
    return _texts


@pytest.fixture
def numbers():
    """Return the function that lists the numbers of a drawing, in order."""

    def listed(drawing):
        signed = [text.replace("−", "-") for text in _texts(drawing)]
        return [float(text) for text in signed if re.fullmatch(r"-?\d+(\.\d+)?", text)]

    return listed
