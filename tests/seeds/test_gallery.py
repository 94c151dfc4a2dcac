"""The gallery: what is wrong with a file is told, with the file's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeds.gallery import GalleryError, NotYet, Question, read_gallery

FINE = "-- 2. Which were edited?\n-- Counts edits up to `--day`.\n-- And no more.\nSELECT getvariable('day');\n"
WAITS = '[[question]]\nnumber = 1\nquestion = "How often?"\nmissing = "a table"\n'


def written(folder: Path, sql: str = FINE, waits: str = WAITS, name: str = "02_edited.sql") -> Path:
    (folder / name).write_text(sql, "utf-8")
    (folder / "not_yet.toml").write_text(waits, "utf-8")
    return folder


def test_a_question_is_its_head_its_query_and_its_parameters(tmp_path: Path) -> None:
    gallery = read_gallery(written(tmp_path))
    assert gallery.all() == [
        NotYet(1, "How often?", "a table"),
        Question(2, "Which were edited?", "Counts edits up to `--day`. And no more.", FINE, ("day",)),
    ]


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT 1;\n", "line 1: it must be `-- 2. The question?`"),
        (FINE.replace("2.", "3."), "line 1: it must be `-- 2. The question?`"),
        ("-- 2. Which?\nSELECT 1;\n", "line 2: say what it counts"),
        ("-- 2. Which?\n-- Counts.\n", "no query after its head"),
        (FINE.replace("`--day`", "today"), "parameter `day` is read, but not named"),
        (FINE.replace("getvariable('day')", "1"), "parameter `day` is named in the head, but not read"),
        (FINE.replace("day", "hour"), "parameter `hour` is none of day, release, words, url"),
    ],
)
def test_a_wrong_question_is_told(tmp_path: Path, sql: str, told: str) -> None:
    with pytest.raises(GalleryError, match=r"^02_edited\.sql") as error:
        read_gallery(written(tmp_path, sql))
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("waits", "told"),
    [
        ("[[question]\n", "not_yet.toml: Expected"),
        ("question = 1\n", "entries begin with [[question]]"),
        (WAITS.replace("missing", "lacks"), "entry 1: it has number, question and missing"),
        (WAITS.replace("1", '"1"'), "entry 1, field `number`: it must be a number"),
        (WAITS.replace('"a table"', '""'), "entry 1, field `missing`: it must be a text"),
        (WAITS.replace("1", "2"), "question 2 is there already"),
        (WAITS + WAITS, "question 1 is there already"),
    ],
)
def test_a_wrong_entry_of_what_waits_is_told(tmp_path: Path, waits: str, told: str) -> None:
    with pytest.raises(GalleryError, match=r"^not_yet\.toml") as error:
        read_gallery(written(tmp_path, waits=waits))
    assert told in str(error.value)


def test_a_wrong_name_one_number_twice_and_other_bytes_are_told(tmp_path: Path) -> None:
    written(tmp_path, name="02_again.sql")
    with pytest.raises(GalleryError, match=r"02_edited.sql: there is another question 2"):
        read_gallery(written(tmp_path))
    (tmp_path / "02_again.sql").write_bytes(b"-- 2. \xff")
    with pytest.raises(GalleryError, match=r"02_again.sql: it is not UTF-8"):
        read_gallery(tmp_path)
    (tmp_path / "02_again.sql").rename(tmp_path / "2.sql")
    (tmp_path / "02_edited.sql").unlink()
    with pytest.raises(GalleryError, match=r"2.sql: a question is named like"):
        read_gallery(tmp_path)
    (tmp_path / "2.sql").unlink()
    (tmp_path / "not_yet.toml").unlink()
    with pytest.raises(GalleryError, match=r"not_yet.toml: cannot be read: No such file"):
        read_gallery(tmp_path)
