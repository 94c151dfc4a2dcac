"""sources.toml: what ships is right, and a wrong entry is refused with file, line and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.registry import layout_names
from parsers import LAYOUTS
from seeds import CatalogueError, read_catalogue, shipped

GOOD = """[[source]]
id = "a-b"
issuer = "A"
state = "off"
urls = ["a.example/x/"]

[[source]]
id = "c"
issuer = "C"
state = "reported"
urls = ["a.example/x/deeper/"]
"""


def test_what_ships_is_right_and_has_an_inbox() -> None:
    catalogue = read_catalogue(shipped())
    assert any(source.inbox for source in catalogue.sources)
    named = {layout for source in catalogue.sources for layout in source.layouts or ()}
    assert named <= {layout.name for layout in LAYOUTS}
    unnamed = {layout.name for layout in LAYOUTS} - named
    assert not unnamed, f"name {unnamed} in a source of seeds/sources.toml"


def test_a_layout_is_named_as_its_module() -> None:
    assert layout_names() == {layout.name for layout in LAYOUTS}


def test_the_longest_prefix_claims_a_page(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(GOOD, "utf-8")
    catalogue = read_catalogue(path)
    assert catalogue.claiming("https://A.example/x/1.htm") == "a-b"
    assert catalogue.claiming("http://a.example/x/deeper/1.htm") == "c"
    assert catalogue.claiming("http://b.example/x/1.htm") is None
    assert catalogue.claiming("http://[broken/x") is None
    assert catalogue.claiming(None) is None


@pytest.mark.parametrize(
    ("before", "after", "line", "field"),
    [
        ('state = "off"', 'state = "of"', 4, "state"),
        ('id = "c"', 'id = "C d"', 8, "id"),
        ('id = "c"', "id = 7", 8, "id"),
        ('issuer = "C"', 'isuer = "C"', 9, "isuer"),
        ('issuer = "A"\n', "", 1, "issuer"),
        ('urls = ["a.example/x/"]', 'urls = ["http://a.example/x/"]', 5, "urls"),
        ('urls = ["a.example/x/"]', 'urls = "a.example/x/"', 5, "urls"),
        ('urls = ["a.example/x/"]', 'inbox = "../x"', 5, "inbox"),
        ('state = "off"', 'state = "off"\nzone = "Asia/Nowhere"', 5, "zone"),
        ('state = "off"', 'state = "off"\ncountry = "cn"', 5, "country"),
        ('state = "off"', 'state = "off"\ntext_from = "both"', 5, "text_from"),
    ],
)
def test_a_wrong_entry_is_refused_with_file_line_and_field(
    tmp_path: Path, before: str, after: str, line: int, field: str
) -> None:
    path = tmp_path / "s.toml"
    path.write_text(GOOD.replace(before, after, 1), "utf-8")
    with pytest.raises(CatalogueError, match=rf"s\.toml, line {line}, field `{field}`"):
        read_catalogue(path)


def test_an_id_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(GOOD.replace('id = "c"', 'id = "a-b"'), "utf-8")
    with pytest.raises(CatalogueError, match="stands twice"):
        read_catalogue(path)


def test_a_further_file_adds_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text('[[source]]\nid = "mfa-cn-en"\nissuer = "Mine"\nstate = "off"\nurls = ["m.example/"]\n', "utf-8")
    catalogue = read_catalogue(shipped(), path)
    assert catalogue["mfa-cn-en"].issuer == "Mine"
    assert "mfa-cn-zh" in catalogue
