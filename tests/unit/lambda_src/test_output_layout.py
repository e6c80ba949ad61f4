from __future__ import annotations

import pytest

from lambda_src import output_layout
from lambda_src.output_layout import output_prefix

IDENTITY = "0123456789abcdef" * 4
FOLDER = output_layout.folder_url("output", "films/My-film/0123456789ab")


def test_the_files_of_a_stream_lie_in_one_folder_under_these_names() -> None:
    prefix = output_prefix("films/My film.mp4", IDENTITY)
    folder = output_layout.folder_url("output", prefix)
    assert folder == "s3://output/films/My-film/0123456789ab"
    assert output_layout.manifest_key(prefix) == "films/My-film/0123456789ab/manifest.json"
    assert output_layout.playlist_url(folder) == f"{folder}/index.m3u8"
    assert output_layout.poster_destination(folder) == f"{folder}/poster"
    assert output_layout.thumbnails_url(folder) == f"{folder}/thumbnails/"
    assert output_layout.thumbnails_destination(folder) == f"{folder}/thumbnails/thumb"


def test_a_playlist_is_where_mediaconvert_puts_it_for_its_destination() -> None:
    destination = output_layout.playlist_destination(FOLDER)
    assert output_layout.playlist_url(FOLDER) == f"{destination}.m3u8"


@pytest.mark.parametrize("name", ["1080p", "720p-low", "audio"])
def test_a_renditions_name_is_read_back_from_its_playlist(name: str) -> None:
    playlist = output_layout.playlist_destination(FOLDER) + output_layout.name_modifier(name) + ".m3u8"
    assert output_layout.rendition_name(playlist) == name


def test_the_poster_is_told_from_other_pictures() -> None:
    assert output_layout.is_poster(f"{FOLDER}/poster.0000001.jpg", FOLDER)
    assert not output_layout.is_poster(f"{output_layout.thumbnails_destination(FOLDER)}.0000001.jpg", FOLDER)
    assert not output_layout.is_poster(f"{FOLDER}/elsewhere/poster.0000001.jpg", FOLDER)


def test_the_pattern_of_all_manifests_matches_each_of_them() -> None:
    before, after = output_layout.manifest_key("*").split("*")
    manifest = output_layout.manifest_key(output_prefix("film.mp4", IDENTITY))
    assert before == ""
    assert manifest.endswith(after)


@pytest.mark.parametrize(
    ("key", "folder"),
    [
        ("clip.mp4", "clip"),
        ("films/My film.MOV", "films/My-film"),
        ("a+b c.mp4", "a-b-c"),
        ("100%25 real%2Fnot.mp4", "100-25-real-2Fnot"),
        ('it\'s a "quoted" film.mp4', "it-s-a-quoted-film"),
        ("Amélie.mp4", "Amelie"),
        ("🎬 映画.mp4", "video"),
        ("films/🎬.mp4", "films"),
        ("../../etc/passwd.mp4", "etc/passwd"),
        ("//a///b.mp4", "a/b"),
        ("$dt$-$fn$.mp4", "dt-fn"),
        (".hidden.mp4", "hidden"),
    ],
)
def test_the_output_folder_stays_readable_and_plain(key: str, folder: str) -> None:
    assert output_prefix(key, IDENTITY) == f"{folder}/{IDENTITY[:12]}"


def test_the_output_folder_of_the_longest_key_is_cut() -> None:
    prefix = output_prefix("k" * 1020 + ".mp4", IDENTITY)
    assert prefix == f"{'k' * 200}/{IDENTITY[:12]}"
