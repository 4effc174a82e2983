"""BCCD: photographs of blood under a microscope, every cell in a box.

364 photographs of 640×480 pixels hold 4155 red cells, 372 white cells and 361 platelets, 4888 boxes in all.
Two red cells have boxes of no size, in the images 00338 and 00343: these two boxes are left out, the
photographs stay. Many red cells at the border have no box, which costs every detector some precision.

Source: the repository github.com/Shenggan/BCCD_Dataset, photographs by cosmicad and akshaylamba.
"""

import hashlib

from convnets.data.annotated import boxed_images, read_members
from convnets.data.files import DataUnavailableError, File, locate

__all__ = ["ARCHIVE", "CLASSES", "read_split"]

COMMIT = "d272fb14cdff6e473fafeeeba32aba5f560e9e43"
ARCHIVE = File(
    f"{COMMIT}.zip", f"https://github.com/Shenggan/BCCD_Dataset/archive/{COMMIT}.zip", "", "", unpacked="."
)
"""Packed anew by its server, so that the archive has no checksum; its content has."""
CLASSES = ("RBC", "WBC", "Platelets")
LISTS = {"train": "ImageSets/Main/trainval.txt", "test": "ImageSets/Main/test.txt"}
CHECKSUMS = {
    "train": "3ebe3426177d952b475d1a4f0fb939b9f9c8df6abfdf648de8bcb81ebebdf222",
    "test": "935585bbf2762eb7a900531abc53b2a041ff33b96a7b51efc4b8836312b39474",
}
"""SHA-256 of annotation and photograph of each image of the list, one after the other."""


def read_split(split):
    """Return 292 photographs to train on (the list trainval) or 72 to test on, as ``BoxedImages``.

    Raises
    ------
    DataUnavailableError
        If neither archive nor folder can be had, or what is in them is not what was published.
    """
    path = locate("bccd", ARCHIVE)
    names = read_members(path, [LISTS[split]])[LISTS[split]].decode().split()
    members = {name: (f"Annotations/{name}.xml", f"JPEGImages/{name}.jpg") for name in names}
    found = read_members(path, [member for pair in members.values() for member in pair])
    pairs = {name: tuple(found[member] for member in pair) for name, pair in members.items()}
    digest = hashlib.sha256(b"".join(content for pair in pairs.values() for content in pair)).hexdigest()
    if digest != CHECKSUMS[split]:
        raise DataUnavailableError(
            f"{path} does not hold the published images of BCCD ({split}): their sha256 is {digest}, "
            f"expected {CHECKSUMS[split]}. Delete it and fetch it again: python -m convnets.data bccd"
        )
    return boxed_images(pairs, CLASSES)
