"""Oxford-IIIT Pet: photographs of cats and dogs, the head in a box.

Boxes were published for the part of the photographs that is meant for training (3671 of 3680; fifteen more
photographs with boxes are on no list). So of the photographs with a box every fifth, in the order of their
names, is kept for testing here. A photograph whose longer side has more than 256 pixels is made smaller, its
boxes with it. A folder that holds some of the breeds is read like the whole.

Outlines (trimaps) and breeds are left out. Source: O. Parkhi et al., "Cats and dogs" (CVPR 2012).
"""

from convnets.data.annotated import boxed_images, read_members
from convnets.data.files import DataUnavailableError, File, locate

__all__ = ["ARCHIVES", "CLASSES", "read_split"]

FOLDER = "oxford-iiit-pet"
SERVER = "https://thor.robots.ox.ac.uk/~vgg/data/pets"
ARCHIVES = (
    File(
        "images.tar.gz",
        f"{SERVER}/images.tar.gz",
        "67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d",
        "",
        "images",
        FOLDER,
    ),
    File(
        "annotations.tar.gz",
        f"{SERVER}/annotations.tar.gz",
        "52425fb6de5c424942b7626b428656fcbd798db970a937df61750c0f1d358e91",
        "",
        "annotations",
        FOLDER,
    ),
)
CLASSES = ("cat", "dog")
LONGEST = 256
EVERY = 5


def read_split(split):
    """Return four fifths of the photographs with a box to train on, or the rest, as ``BoxedImages``.

    Raises
    ------
    DataUnavailableError
        If a file is missing or cannot be read.
    """
    images, annotations = (locate("pets", archive) for archive in ARCHIVES)
    listed = read_members(annotations, ["trainval.txt"])["trainval.txt"].decode().splitlines()
    names = sorted(line.split()[0] for line in listed if line.strip() and not line.startswith("#"))
    boxed = _with_boxes(annotations, names)
    chosen = [name for k, name in enumerate(boxed) if (k % EVERY == EVERY - 1) == (split == "test")]
    photographs = read_members(images, [f"{name}.jpg" for name in chosen])
    return boxed_images(
        {name: (boxed[name], photographs[f"{name}.jpg"]) for name in chosen}, CLASSES, LONGEST
    )


def _with_boxes(annotations, names):
    """Return the annotations that there are, by name and in order."""
    members = {name: f"xmls/{name}.xml" for name in names}
    found = read_members(annotations, members.values(), optional=True)
    if not found:
        raise DataUnavailableError(f"{annotations} holds no boxes (xmls/*.xml); delete it and fetch it again")
    return {name: found[member] for name, member in members.items() if member in found}
