"""Where the files of a stream lie in the output bucket, and what they are called. Nothing else says so.

::

    <key without its suffix>/<start of the record id>/      one folder for each version of an object
        index.m3u8                                          the playlist of the stream
        index_<rendition>.m3u8 and its segments             one for each rendition
        poster.<number>.jpg
        thumbnails/thumb.<number>.jpg
        manifest.json                                       the notice of success

A destination has no suffix: MediaConvert adds one for each file (its API model, ``HlsGroupSettings.Destination`` and
``FileGroupSettings.Destination``). ``stacks`` and ``local_cloud`` import this module, so it imports nothing of AWS.
"""

from __future__ import annotations

import re
import unicodedata

from lambda_src.media_types import without_suffix

PLAYLIST_NAME = "index"
PLAYLIST_SUFFIX = ".m3u8"
POSTER_NAME = "poster"
THUMBNAILS_FOLDER = "thumbnails"
THUMBNAIL_NAME = "thumb"
MANIFEST_NAME = "manifest.json"
PLAYLIST_FILE = PLAYLIST_NAME + PLAYLIST_SUFFIX

_LONGEST_SLUG = 200
_IDENTITY_CHARACTERS = 12
_IDENTITY = re.compile(r"[0-9a-f]{12}_*")


def output_prefix(key: str, identity: str) -> str:
    """Return the folder of a version's stream: the key as plain ASCII without its suffix, then the identity's start.

    Nothing outside ``A-Z a-z 0-9 . _ -`` is kept: MediaConvert reads ``$`` in a destination as a variable, and the
    prefix ends up in URLs. No part of the key looks like a folder of a version, so no stream lies inside another's.
    """
    ascii_key = unicodedata.normalize("NFKD", without_suffix(key)).encode("ascii", "ignore").decode()
    parts = (re.sub(r"[^A-Za-z0-9._]+", "-", part).strip("-.") for part in ascii_key.split("/"))
    slug = "/".join(part for part in parts if part)[:_LONGEST_SLUG].rstrip("-./")
    slug = "/".join(f"{part}_" if _IDENTITY.fullmatch(part) else part for part in slug.split("/"))
    return f"{slug or 'video'}/{identity[:_IDENTITY_CHARACTERS]}"


def folder_url(output_bucket: str, prefix: str) -> str:
    """Return where a version's stream goes, as an S3 URL without a slash at the end."""
    return f"s3://{output_bucket}/{prefix}"


def manifest_key(prefix: str) -> str:
    """Return the object key of a stream's manifest; the prefix ``*`` gives the pattern of all manifests."""
    return f"{prefix}/{MANIFEST_NAME}"


def playlist_destination(folder: str) -> str:
    """Return the destination of the HLS output group."""
    return f"{folder}/{PLAYLIST_NAME}"


def playlist_url(folder: str) -> str:
    """Return the playlist of the whole stream."""
    return f"{folder}/{PLAYLIST_FILE}"


def name_modifier(rendition: str) -> str:
    """Return what MediaConvert puts behind the playlist's name for one rendition."""
    return f"_{rendition}"


def rendition_name(playlist: str) -> str:
    """Return the name of the rendition whose playlist this is: the way back from ``name_modifier``."""
    file_name = playlist.rpartition("/")[2]
    return file_name.removeprefix(PLAYLIST_NAME + name_modifier("")).removesuffix(PLAYLIST_SUFFIX)


def poster_destination(folder: str) -> str:
    """Return the destination of the poster's output group."""
    return f"{folder}/{POSTER_NAME}"


def is_poster(path: str, folder: str) -> bool:
    """Tell whether a file is a capture of the poster's output group."""
    return path.startswith(f"{poster_destination(folder)}.")


def thumbnails_url(folder: str) -> str:
    """Return the folder of the thumbnails, with a slash at the end."""
    return f"{folder}/{THUMBNAILS_FOLDER}/"


def thumbnails_destination(folder: str) -> str:
    """Return the destination of the thumbnails' output group."""
    return thumbnails_url(folder) + THUMBNAIL_NAME
