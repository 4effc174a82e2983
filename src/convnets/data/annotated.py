"""Photographs with boxes in them, as PASCAL VOC writes them down.

An XML file for each image lists its objects: name, corners, and whether the object is difficult to recognise.
Corners are taken as they stand, as edges, so that a width is xmax − xmin. VOC itself counted pixels from 1,
and xmax as the last one inside, which would move the first corner by one pixel; tools that write the format
today do not agree on it. Poses, truncation and outlines are left out.

Source: M. Everingham et al., "The PASCAL visual object classes (VOC) challenge" (2010).
"""

import io
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
from PIL import Image, UnidentifiedImageError

from convnets.data.files import DataUnavailableError

__all__ = ["Annotation", "BoxedImages", "boxed_images", "read_annotation", "read_members"]


@dataclass(frozen=True, eq=False)
class BoxedImages:
    """N images, each with the boxes of the objects in it.

    Attributes
    ----------
    images : tuple of N ndarrays of shape (3, H, W)
        uint8 from 0 to 255; sizes differ from image to image.
    boxes : tuple of N ndarrays of shape (B, 4)
        xyxy in pixels, float32; every box has x1 < x2 and y1 < y2. B may be 0.
    labels : tuple of N ndarrays of shape (B,)
        int64, indices into ``classes``.
    difficult : tuple of N ndarrays of shape (B,)
        bool: objects that need not be found.
    classes : tuple of str
        What the labels mean.
    names : tuple of N str
        What the images are called in the data set.
    """

    images: tuple
    boxes: tuple
    labels: tuple
    difficult: tuple
    classes: tuple
    names: tuple

    def __len__(self):
        return len(self.images)


class Annotation(NamedTuple):
    """What one file says of one image.

    Attributes
    ----------
    size : tuple of int
        (height, width).
    names : tuple of B str
        What the objects are.
    boxes : ndarray of shape (B, 4)
        xyxy, float64, as the file has them, also those of no size.
    difficult : ndarray of shape (B,)
        bool; false where the file does not say.
    """

    size: tuple
    names: tuple
    boxes: np.ndarray
    difficult: np.ndarray


def read_annotation(content):
    """Read one annotation.

    Parameters
    ----------
    content : bytes
        An XML file in the format of PASCAL VOC.

    Returns
    -------
    Annotation

    Raises
    ------
    ValueError
        If the bytes are no such file, or a corner is no finite number.
    """
    try:
        root = ElementTree.fromstring(content)
        size = tuple(int(root.find(f"size/{side}").text) for side in ("height", "width"))
        objects = root.findall("object")
        names = tuple(entry.find("name").text for entry in objects)
        corners = [
            [float(entry.find(f"bndbox/{corner}").text) for corner in ("xmin", "ymin", "xmax", "ymax")]
            for entry in objects
        ]
        difficult = [entry.findtext("difficult", "0").strip() == "1" for entry in objects]
    except (ElementTree.ParseError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"this is no annotation as PASCAL VOC writes it: {error}") from error
    boxes = np.array(corners, np.float64).reshape(-1, 4)
    if not np.isfinite(boxes).all():
        raise ValueError("a corner of a box is not finite")
    return Annotation(size, names, boxes, np.array(difficult, bool))


def boxed_images(pairs, classes, longest=None):
    """Decode images and read what is in them.

    Parameters
    ----------
    pairs : dict of str to tuple of bytes
        Annotation and photograph by the name of the image.
    classes : tuple of str
        The names that objects may have.
    longest : int, optional
        Photographs of which a side is longer are made smaller, and their boxes with them.

    Returns
    -------
    BoxedImages
        Boxes without width or height, or with corners the wrong way round, are left out: a detector cannot
        learn from them, and nothing that it finds could overlap them.

    Raises
    ------
    DataUnavailableError
        If an annotation or a photograph cannot be read, or an object is of no known class.
    """
    columns = [_boxed(name, *pair, classes, longest) for name, pair in pairs.items()]
    images, boxes, labels, difficult = zip(*columns, strict=True) if columns else ((),) * 4
    return BoxedImages(images, boxes, labels, difficult, classes, tuple(pairs))


def _boxed(name, annotation, photograph, classes, longest):
    try:
        annotation = read_annotation(annotation)
        picture = Image.open(io.BytesIO(photograph)).convert("RGB")
    except (ValueError, UnidentifiedImageError, OSError) as error:
        raise DataUnavailableError(f"{name} cannot be read ({error}); fetch its data set again") from error
    if unknown := set(annotation.names) - set(classes):
        raise DataUnavailableError(
            f"{name} holds {', '.join(sorted(unknown))}; expected {', '.join(classes)}"
        )
    scale = min(1, (longest or max(picture.size)) / max(picture.size))
    if scale < 1:
        picture = picture.resize([max(1, round(side * scale)) for side in picture.size], Image.LANCZOS)
    kept = (annotation.boxes[:, 2:] > annotation.boxes[:, :2]).all(axis=1)
    labels = np.array([classes.index(word) for word in annotation.names], np.int64)
    pixels = np.ascontiguousarray(np.asarray(picture).transpose(2, 0, 1))
    boxes = (annotation.boxes[kept] * scale).astype(np.float32)
    return pixels, boxes, labels[kept], annotation.difficult[kept]


def read_members(path, names, optional=False):
    """Return files of a folder, a zip archive or a tar archive as bytes, by name.

    Parameters
    ----------
    path : pathlib.Path
        The folder or the archive.
    names : iterable of str
        Paths inside, of which an archive may have more before them: ``Annotations/a.xml`` also finds
        ``repository/Annotations/a.xml``. Nothing is unpacked, and no link is followed in an archive.
    optional : bool
        Whether files may be missing.

    Raises
    ------
    DataUnavailableError
        If a file is missing or the archive cannot be read.
    """
    wanted = set(names)
    try:
        if path.is_dir():
            found = {name: (path / name).read_bytes() for name in wanted if (path / name).is_file()}
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found = {
                    key: archive.read(name) for name in archive.namelist() if (key := _key(name, wanted))
                }
        else:
            with tarfile.open(path) as archive:
                found = {
                    key: archive.extractfile(member).read()
                    for member in archive
                    if member.isfile() and (key := _key(member.name, wanted))
                }
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, OSError) as error:
        raise DataUnavailableError(
            f"{path} cannot be read ({error}); delete it and fetch it again"
        ) from error
    missing = sorted(wanted - set(found))
    if missing and not optional:
        raise DataUnavailableError(f"{path} lacks {', '.join(missing[:3])}; delete it and fetch it again")
    return found


def _key(name, wanted):
    """Return which of the wanted names a path inside an archive ends with."""
    parts = name.split("/")
    return next((key for k in range(len(parts)) if (key := "/".join(parts[k:])) in wanted), None)
