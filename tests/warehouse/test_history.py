"""What history makes of looks: versions, absences with patience, coming back; whatever order they came in."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
from homes import SAMPLES, ingest_into, mission_page, public_tables, rows
from looking import SOFT, Look, write_looks

OTHER = mission_page(body="The two sides met on Tuesday.")
UNKNOWN = "<html><head><title>x</title></head><body><div class='new'><p>A page of a new design.</p></div></body></html>"
VERSIONS = "SELECT version, cause, captures FROM version_history ORDER BY ALL"
GONE = "SELECT evidence, looks, reappeared_at IS NOT NULL FROM withdrawals ORDER BY ALL"


def seen(tmp_path: Path, *looks: Look) -> Path:
    home = tmp_path / "home"
    ingest_into(home, write_looks(tmp_path / "looks.warc", looks))
    return home


@pytest.mark.parametrize(
    ("looks", "evidence"),
    [
        ([Look(1, 404), Look(1.1, 404), Look(2, 404)], None),  # a day is not enough
        ([Look(1, 404), Look(4, 404)], None),  # nor are two looks
        ([Look(1, 404), Look(1.5, 404), Look(3, 404)], "gone"),
        ([Look(1, 410), Look(2, 404), Look(3, 404)], "gone"),
        ([Look(1, SOFT), Look(2, SOFT), Look(3, SOFT)], "soft_404"),
        ([Look(1, 404), Look(2, SOFT), Look(3, 404)], "gone, soft_404"),
        ([Look(1, 503), Look(2, 412), Look(3, 521), Look(4, 403)], None),  # nobody said that it is not there
        ([Look(1, 404), Look(2, 503), Look(3, 503)], None),
        ([Look(1, 404), Look(2), Look(3, 404)], None),  # it was there in between
        ([Look(1, 404), Look(2, UNKNOWN), Look(3, 404), Look(4, 404)], None),  # something was
        ([Look(1, 404), Look(2, UNKNOWN), Look(3, 404), Look(4, 404), Look(5, 404)], "gone"),
    ],
)
def test_withdrawn_only_after_several_looks_over_days(tmp_path: Path, looks: list[Look], evidence: str | None) -> None:
    home = seen(tmp_path, Look(0), *looks)
    assert rows(home, "SELECT evidence FROM withdrawals") == ([(evidence,)] if evidence else [])
    removed = rows(home, "SELECT edit_class, cause, to_version FROM edits")
    assert removed == ([("removed_page", "withdrawn", None)] if evidence else [])


def test_what_was_never_seen_was_not_withdrawn(tmp_path: Path) -> None:
    home = seen(tmp_path, Look(1, 404), Look(2, 404), Look(5, 404), Look(6))
    assert rows(home, GONE) == []
    assert rows(home, VERSIONS) == [(1, "new", 1)]


def test_a_page_that_cannot_be_read_was_neither_there_nor_back(tmp_path: Path) -> None:
    gone = [Look(day, 404) for day in (2, 3, 4)]
    again = [Look(day, 404) for day in (6, 7, 8)]
    home = seen(tmp_path, Look(0), Look(1, UNKNOWN), *gone, Look(5, UNKNOWN), *again, Look(9, UNKNOWN), Look(10))
    days = "epoch_ms(last_seen_at), epoch_ms(gone_since_at), epoch_ms(reappeared_at)"
    at = [int(Look(day).at.timestamp() * 1000) for day in (0, 2, 10)]
    assert rows(home, f"SELECT looks, {days} FROM withdrawals") == [(3, *at)]
    assert rows(home, VERSIONS) == [(1, "new", 1), (2, "reappeared", 1)]


def test_coming_back_is_an_event_and_a_version_even_with_the_same_text(tmp_path: Path) -> None:
    home = seen(tmp_path, Look(0), Look(1, 404), Look(2, 404), Look(4, 404), Look(5), Look(6))
    assert rows(home, GONE) == [("gone", 3, True)]
    assert rows(home, VERSIONS) == [(1, "new", 1), (2, "reappeared", 2)]
    first, second, third = (
        rows(home, "SELECT last_seen_at, gone_since_at, withdrawn_at, reappeared_at FROM withdrawals")[0][place]
        for place in (0, 1, 2)
    )
    assert (second - first, third - second) == (timedelta(days=1), timedelta(days=3))
    assert rows(home, "SELECT edit_class FROM edits") == [("removed_page",)], (
        "the text is as it was: nothing was edited"
    )


def test_coming_back_with_another_text_is_an_edit_too(tmp_path: Path) -> None:
    home = seen(tmp_path, Look(0), Look(1, 404), Look(2, 404), Look(4, 404), Look(5, OTHER), Look(6))
    assert rows(home, VERSIONS) == [(1, "new", 1), (2, "reappeared", 1), (3, "site_edit", 1)]
    assert rows(home, "SELECT cause, edit_class != 'removed_page' FROM edits ORDER BY edited_before_at") == [
        ("withdrawn", False),
        ("reappeared", True),
        ("site_edit", True),
    ]


def test_a_short_absence_breaks_no_run(tmp_path: Path) -> None:
    home = seen(tmp_path, Look(0), Look(1, 404), Look(1.1, 404), Look(2), Look(3, 503), Look(4))
    assert rows(home, VERSIONS) == [(1, "new", 3)]
    assert rows(home, GONE) == []


@pytest.mark.acceptance
def test_any_order_of_arrival_gives_the_same_tables(tmp_path: Path) -> None:
    looks = [
        Look(0),
        Look(1, 404),
        Look(2, SOFT),
        Look(4, 404),
        Look(5, OTHER),
        Look(6),
        Look(7, 404),
        Look(8, 404),
        Look(11, 404),
    ]
    whole = seen(tmp_path, *looks)
    order = random.Random(4)
    without = ("landed_at", "warc_file", "warc_offset")
    for turn in range(3):
        home = tmp_path / f"home{turn}"
        for number, look in enumerate(order.sample(looks, len(looks))):
            ingest_into(home, write_looks(tmp_path / f"{turn}.{number}.warc", [look]))
        assert public_tables(home, without) == public_tables(whole, without)


@pytest.mark.parametrize("name", ["mfa-cn-zh/t20230904_11137555.shtml", "mfa-cn-en/t20241021_11511888.html"])
def test_share_counts_tokens_and_clocks_make_no_version(tmp_path: Path, name: str) -> None:
    page = (SAMPLES / name).read_text("utf-8")
    looks = []
    for day in range(4):
        around = (
            f'<script>var token = "{day * 7919:x}";</script><input type="hidden" name="csrf" value="{day:032x}">'
            f'<div class="clock">Beijing time 0{day}:1{day}</div><div>Visitors: {day * 1009}</div>'
        )
        within = (
            f'<div class="bdsharebuttonbox"><a href="#">分享到</a> <span class="count">{day * 31}</span></div>'
            f'<script>var clock = "{day}"</script><a class="share" href="javascript:share()">Share {day * 12}</a>'
        )
        for place, turning in (
            ("<body", around),
            ('<div class="news-main"', within),
            ('<div class="content_text"', within),
        ):
            start = page.find(place)
            if start >= 0:
                stop = page.find(">", start) + 1
                page_today = page[:stop] + turning + page[stop:]
                looks.append(Look(day, page_today, f"https://alpha.example/{len(place)}.shtml"))
    home = seen(tmp_path, *looks)
    assert len(looks) >= 8
    assert rows(home, "SELECT DISTINCT version, captures FROM version_history") == [(1, 4)]


def test_of_two_texts_at_one_time_one_was_removed(tmp_path: Path) -> None:
    home = seen(tmp_path, Look(0), Look(0, OTHER), Look(1, 404), Look(2, 404), Look(4, 404))
    removed = rows(home, "SELECT edit_class = 'removed_page', from_version FROM edits ORDER BY ALL")
    assert removed == [(False, 1), (True, 2)]


MFA = "https://www.fmprc.gov.cn/mfa_eng/zxxx_662805/t1758264.shtml"


def updated(day: float, words: str, said: str) -> Look:
    page = (
        "Ministry of Foreign Affairs\nPeople's Republic of China\nLin Example Meets with Muster\n"
        f"Updated: {said}\n\nForeign Minister Lin met with Foreign Minister Muster of Malta. They talked {words}.\n"
    )
    return Look(day, page, MFA)


@pytest.mark.parametrize(
    ("looks", "declared"),
    [
        ([("long", "March 1, 2024 10:00"), ("briefly", "March 2, 2024 10:00")], True),
        ([("long", "March 1, 2024 10:00"), ("briefly", "March 1, 2024 11:00")], True),
        (
            [
                ("long", "March 1, 2024 10:00"),
                ("briefly", "March 1, 2024 10:00"),
                ("briefly", "March 9, 2024 10:00"),  # by then the edit was a week old
            ],
            False,
        ),
        (
            [
                ("long", "March 1, 2024 10:00"),
                ("long", "March 2, 2024 10:00"),
                ("briefly", "March 2, 2024 10:00"),
            ],
            False,
        ),
        ([("long", "March 1, 2024 10:00"), ("briefly", "March 01, 2024 10:00")], False),
        ([("long", "March 9, 2024 10:00"), ("briefly", "March 1, 2024 10:00")], False),
    ],
)
def test_an_update_declares_an_edit_where_it_moves_forward_with_it(
    tmp_path: Path, looks: list[tuple[str, str]], declared: bool
) -> None:
    home = seen(tmp_path, *(updated(day, *look) for day, look in enumerate(looks)))
    assert rows(home, "SELECT declared FROM edits") == [(declared,)]
