"""The reference tables that ship, and what is refused in one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from seeds import CatalogueError
from seeds.reference import first_known, page_id_dates, tenures

IDS, HELD, KNOWN = "page_id,published_on\n", "name,office,earliest,latest\n", "term,earliest\n"


def test_what_ships_is_read() -> None:
    points = page_id_dates()
    assert len(points) > 1_000
    assert points == tuple(sorted(points))
    assert (1758264, date(2020, 3, 18)) in points
    assert any("Wang Yi" in names and "王毅" in names for names, _, _, _ in tenures())
    assert (("COVID-19", "COVID‑19"), date(2020, 2, 11)) in first_known()


def test_one_name_and_office_stands_for_one_time() -> None:
    spans = [
        ((name, office), earliest or date.min, latest or date.max)
        for names, offices, earliest, latest in tenures()
        for name in names
        for office in offices
    ]
    for key, earliest, latest in spans:
        others = [each for each in spans if each[0] == key and each[1:] != (earliest, latest)]
        assert all(other[1] > latest or other[2] < earliest for other in others), key


@pytest.mark.parametrize(
    ("reader", "text", "says"),
    [
        (page_id_dates, IDS + "12,2020-01-01\n", "line 2, field `page_id`"),
        (page_id_dates, IDS + "1234567,2020-02-30\n", "line 2, field `published_on`"),
        (page_id_dates, IDS + "1234567\n", "line 2: 1 values, not 2"),
        (page_id_dates, "id,day\n", "line 1: the columns are page_id, published_on"),
        (page_id_dates, "", "line 1"),
        (tenures, HELD + "A,B,,\n", "line 2, field `earliest`"),
        (tenures, HELD + "A,B,2020-01-02,2020-01-01\n", "line 2, field `latest`"),
        (tenures, HELD + "A| B,C,2020-01-02,\n", "line 2, field `name`"),
        (tenures, HELD + "A,,2020-01-02,\n", "line 2, field `office`"),
        (first_known, KNOWN + 'A,2020-01-01\n"B,2020-01-01\n', "unexpected end"),
        (first_known, KNOWN + "A,soon\n", "line 2, field `earliest`"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, reader: Callable[[Path], Any], text: str, says: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(CatalogueError, match=r"table\.csv") as raised:
        reader(path)
    assert says in str(raised.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(KNOWN.encode() + b"\xff,2020-01-01\n")
    with pytest.raises(CatalogueError, match=r"table\.csv"):
        first_known(path)
