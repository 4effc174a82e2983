"""Where the files of a data set are, and whether they are what was published.

A file is looked for in ``$CONVNETS_DATA/<data set>/`` if that variable is set, and nowhere else; otherwise in
the user's cache, where it is downloaded to at first need. Its content is compared with the published checksum
every time it is read, whether or not it is compressed.
"""

import gzip
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import pooch

__all__ = ["DataUnavailableError", "File", "locate", "read"]

VARIABLE = "CONVNETS_DATA"
TIMEOUT = 30
"""Seconds without an answer from the server after which a download is given up."""


class DataUnavailableError(OSError):
    """A file of a data set is not here and cannot be fetched, or is not what was published."""


@dataclass(frozen=True)
class File:
    """One file as it was published.

    Attributes
    ----------
    name : str
        Its name, with ``.gz`` where it is distributed compressed.
    url : str
        Where it is downloaded from.
    sha256 : str
        Checksum of the file at that address.
    content_sha256 : str
        Checksum of what is inside, after decompression; empty for an archive of several files, whose content
        its loader checks.
    unpacked : str
        The folder that an archive unpacks to; it may lie in the archive's place.
    """

    name: str
    url: str
    sha256: str
    content_sha256: str
    unpacked: str = ""


def locate(dataset, file):
    """Return the path of a file, after downloading it if need be.

    Parameters
    ----------
    dataset : str
        Name of the data set, which is the name of its folder.
    file : File
        Which file.

    Returns
    -------
    pathlib.Path
        An existing file; under ``CONVNETS_DATA`` it may lack the ending ``.gz``, or be the folder that the
        archive unpacks to.

    Raises
    ------
    DataUnavailableError
        If it is not in the folder that ``CONVNETS_DATA`` names, or cannot be downloaded. The message names
        the file, the variable and the command that would fetch it.
    """
    if root := os.environ.get(VARIABLE):
        folder = Path(root) / dataset
        for path in (folder / file.name, folder / file.name.removesuffix(".gz")):
            if path.is_file():
                return path
        if file.unpacked and (folder / file.unpacked).is_dir():
            return folder / file.unpacked
        raise DataUnavailableError(
            f"{file.name} is not in {folder}, where {VARIABLE} says the data are. Put it there, or unset "
            f"{VARIABLE} and run: python -m convnets.data {dataset}"
        )
    try:
        return Path(
            pooch.retrieve(
                file.url,
                known_hash=f"sha256:{file.sha256}",
                fname=file.name,
                path=pooch.os_cache("convnets") / dataset,
                downloader=pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT),
            )
        )
    except OSError as error:
        raise DataUnavailableError(
            f"{file.name} is not here and cannot be downloaded from {file.url}. With a network, run: python "
            f"-m convnets.data {dataset}. Without one, set {VARIABLE} to a folder that holds "
            f"{dataset}/{file.name}."
        ) from error
    except ValueError as error:
        raise DataUnavailableError(
            f"{file.url} did not deliver the published {file.name}: its checksum is another. Try again, or "
            f"set {VARIABLE} to a folder that holds {dataset}/{file.name}."
        ) from error


def read(dataset, file):
    """Return the decompressed content of a file as bytes, after checking it.

    Raises
    ------
    DataUnavailableError
        If the file cannot be had (see :func:`locate`) or its content is not what was published.
    """
    path = locate(dataset, file)
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (gzip.BadGzipFile, EOFError) as error:
        raise DataUnavailableError(
            f"{path} is not a readable gzip file; delete it and fetch it again"
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != file.content_sha256:
        raise DataUnavailableError(
            f"{path} is not the published file: its content has sha256 {found}, expected "
            f"{file.content_sha256}. Delete it and fetch it again."
        )
    return content
