"""Texts that tell hardly anything, or a weekday only, from files to groups: one text is not always one document."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import ingest_into, line, rows, write_lines

SITES = tuple(f"http://{name}.china-embassy.gov.cn/eng/zgxw/t20240304_1101" for name in ("aa", "bb"))
WEEKLY = (
    "Foreign Minister Lin met with Foreign Minister Hans Muster of Malta in Port Fiction on Monday. Lin said that both"
    " should deepen cooperation on tea, trade and climate. Muster said that Malta attaches great importance to it."
)


def page(title: str, body: str, day: str | None) -> str:
    given = f"\n{day} 10:00" if day else ""
    return f"Home\xa0>\xa0China News\n{title}{given}\n\n\n{body}\n\n<Suggest to a friend>"


@pytest.mark.parametrize("second_site", SITES)
@pytest.mark.parametrize(
    ("body", "days", "groups"),
    [
        ("Please see the attachment.", ("2024-03-04", "2024-03-06"), 1),
        ("Please see the attachment.", ("2024-03-04", "2024-03-21"), 2),
        ("Please see the attachment.", ("2024-03-04", None), 2),
        ("The two sides met on Monday.", ("2024-03-04", "2024-03-11"), 2),
        (WEEKLY, ("2024-03-04", "2024-03-10"), 1),
        (WEEKLY, ("2024-03-04", "2024-03-11"), 2),
        (WEEKLY.replace(" on Monday", ""), ("2024-03-04", "2024-03-11"), 1),
    ],
)
def test_the_same_text_is_one_document_only_where_it_tells_enough(
    tmp_path: Path, body: str, days: tuple[str, str | None], groups: int, second_site: str
) -> None:
    looks = [
        line(page("Notice", body, day), url=f"{site}{number}.htm", captured_at="2024-04-20T00:00:00Z")
        for number, (site, day) in enumerate(zip((SITES[0], second_site), days, strict=True))
    ]
    home = tmp_path / "home"
    ingest_into(home, write_lines(tmp_path / "a.jsonl", looks))
    assert rows(home, "SELECT count(*), count(DISTINCT canonical_id) FROM releases") == [(2, groups)]
