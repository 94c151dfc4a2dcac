"""Sources files: what an entry says is read, and a wrong one is refused with file, line and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeds import CatalogueError, Source, read_catalogue, shipped

GOOD = """[[source]]
id = "a-b"
issuer = "A"
state = "off"
urls = ["a.example/x/"]

[[source]] # the next
id = "c"
issuer = "C"
state = "reported"
urls = ["a.example/x/deeper/"]
"""
LIVE = """[[source]]
id = "live"
issuer = "L"
state = "verified"
urls = ["127.0.0.1:8000/web/"]
lists = ["http://127.0.0.1:8000/web/index.shtml"]
item = "li a"
robots_reason = "obeyed: it is ours"
schedule = "5 * * * *"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "s.toml"
    path.write_text(text, "utf-8")
    return path


def only(folder: Path, text: str) -> Source:
    (source,) = read_catalogue(written(folder, text)).sources
    return source


def test_a_live_site_is_read_with_what_is_not_said() -> None:
    source = Source("live", "L", "reported", urls=("l.example/",))
    assert (source.lists, source.item, source.feeds, source.sitemaps) == ((), None, (), ())
    assert (source.pager, source.delay, source.contact) == ("counted", 5.0, None)
    assert (source.robots, source.robots_reason, source.successors, source.gone) == ("obey", None, {}, ())
    assert not source.fetched


def test_a_live_site_is_read_as_its_entry_says(tmp_path: Path) -> None:
    more = """delay = 2
pager = "numbered"
contact = "mailto:desk@example.org"
robots = "ignore"
feeds = ["https://l.example/feed"]
sitemaps = ["https://l.example/sitemap.xml"]
successors = { "old.example" = "127.0.0.1:8000", "older.example:81" = "127.0.0.1" }
gone = ["/web/system/", "/error.htm"]
"""
    source = only(tmp_path, LIVE + more)
    assert source.lists == ("http://127.0.0.1:8000/web/index.shtml",)
    assert (source.item, source.pager, source.delay) == ("li a", "numbered", 2)
    assert (source.feeds, source.sitemaps) == (("https://l.example/feed",), ("https://l.example/sitemap.xml",))
    assert (source.contact, source.robots, source.robots_reason) == (
        "mailto:desk@example.org",
        "ignore",
        "obeyed: it is ours",
    )
    assert source.successors == {"old.example": "127.0.0.1:8000", "older.example:81": "127.0.0.1"}
    assert source.gone == ("/web/system/", "/error.htm")
    assert source.fetched


@pytest.mark.parametrize("way", ["lists", "feeds", "sitemaps"])
def test_what_has_lists_feeds_or_sitemaps_is_fetched(way: str) -> None:
    assert Source("live", "L", "reported", **{way: ("https://l.example/",)}).fetched  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "line", "field"),
    [
        ('state = "off"', 'state = "of"', 4, "state"),
        ('id = "c"', 'id = "C d"', 8, "id"),
        ('id = "c"', "id = 7", 8, "id"),
        ('issuer = "C"', 'isuer = "C"', 9, "isuer"),
        ('id = "a-b"\n', "", 1, "id"),
        ('issuer = "A"\n', "", 1, "issuer"),
        ('state = "off"\n', "", 1, "state"),
        ('urls = ["a.example/x/"]\n', "", 1, "urls"),
        ('urls = ["a.example/x/"]', "urls = []", 5, "urls"),
        ('urls = ["a.example/x/"]', "urls = [7]", 5, "urls"),
        ('urls = ["a.example/x/"]', 'urls = ["http://a.example/x/"]', 5, "urls"),
        ('urls = ["a.example/x/"]', 'urls = "a.example/x/"', 5, "urls"),
        ('urls = ["a.example/x/"]', 'urls = ["a.example"]', 5, "urls"),
        ('urls = ["a.example/x/"]', 'urls = ["/x/"]', 5, "urls"),
        ('urls = ["a.example/x/"]', 'urls = ["A.example/x/"]', 5, "urls"),
        ('urls = ["a.example/x/"]', 'urls = ["a.example:0/x/"]', 5, "urls"),
        ('urls = ["a.example/x/"]', 'urls = ["a.example:99999/x/"]', 5, "urls"),
        ('urls = ["a.example/x/"]', 'urls = ["a.example/x /"]', 5, "urls"),
        ('urls = ["a.example/x/"]', 'urls = ["a.example/x?y"]', 5, "urls"),
        ('urls = ["a.example/x/"]', 'inbox = "../x"', 5, "inbox"),
        ('urls = ["a.example/x/"]', 'inbox = "/x"', 5, "inbox"),
        ('state = "off"', 'state = "off"\nzone = "Asia/Nowhere"', 5, "zone"),
        ('state = "off"', 'state = "off"\ncountry = "cn"', 5, "country"),
        ('state = "off"', 'state = "off"\ntext_from = "both"', 5, "text_from"),
        ('state = "off"', 'state = "off"\nschedule = "5 * * * *"', 5, "schedule"),
        ('state = "reported"', 'state = "reported"\nschedule = "5 * * * *"', 11, "schedule"),
    ],
)
def test_a_wrong_entry_is_refused_with_file_line_and_field(
    tmp_path: Path, before: str, after: str, line: int, field: str
) -> None:
    path = written(tmp_path, GOOD.replace(before, after, 1))
    with pytest.raises(CatalogueError, match=rf"^s\.toml, line {line}, field `{field}`"):
        read_catalogue(path)


def test_a_layout_that_does_not_exist_is_refused_with_file_line_and_field(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace('state = "off"', 'state = "off"\nlayouts = ["there", "nowhere"]'))
    with pytest.raises(CatalogueError, match=r"^s\.toml, line 5, field `layouts`: there is no layout `nowhere`"):
        read_catalogue(path, layouts={"there"})
    assert read_catalogue(path)["a-b"].layouts == ("there", "nowhere")


LISTS = 'lists = ["http://127.0.0.1:8000/web/index.shtml"]'
NO_URL = (
    "/web/",
    "127.0.0.1/web/",
    "//127.0.0.1/web/",
    "ftp://127.0.0.1/",
    "http:///web/",
    "http://[::1/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:99999/",
    "http://me:secret@127.0.0.1/",
    "http://me@127.0.0.1/",
    "http://127.0.0.1/a b",
    r"http://127.0.0.1/\n",
)


@pytest.mark.parametrize(
    ("before", "after", "line", "field"),
    [
        ('item = "li a"\n', "", 1, "item"),
        ('item = "li a"', 'item = " "', 7, "item"),
        ('robots_reason = "obeyed: it is ours"\n', "", 1, "robots_reason"),
        ('"obeyed: it is ours"', '""', 8, "robots_reason"),
        ('"obeyed: it is ours"', r'"it\nis"', 8, "robots_reason"),
        ('"obeyed: it is ours"', "true", 8, "robots_reason"),
        ('state = "verified"', 'state = "reported"', 9, "schedule"),
        ('state = "verified"', 'state = "off"', 9, "schedule"),
        (LISTS, LISTS + '\ninbox = "x"', 7, "inbox"),
        (LISTS, LISTS + '\ntext_from = "feed"', 1, "feeds"),
        (LISTS, LISTS + '\ntext_from = "feed"\nfeeds = ["https://l.example/f"]', 7, "text_from"),
        (
            LISTS,
            'sitemaps = ["https://l.example/s"]\ntext_from = "feed"\nfeeds = ["https://l.example/f"]',
            7,
            "text_from",
        ),
        *((LISTS, f'{way} = ["{url}"]', 6, way) for way in ("lists", "feeds", "sitemaps") for url in NO_URL),
        *((LISTS, f'{way} = "https://l.example/"', 6, way) for way in ("lists", "feeds", "sitemaps", "gone")),
        *((LISTS, f"{LISTS}\npager = {pager}", 7, "pager") for pager in ('"count"', "1")),
        *((LISTS, f"{LISTS}\ndelay = {delay}", 7, "delay") for delay in ("-0.1", "3601", "inf", "nan", "true", '"5"')),
        *(
            (LISTS, f"{LISTS}\ncontact = {words}", 7, "contact")
            for words in ('""', '" "', r'"a\nb@l.example"', r'"a\u0000b"', '"büro@l.example"', "1")
        ),
        *((LISTS, f"{LISTS}\nrobots = {robots}", 7, "robots") for robots in ('"yes"', "true")),
        *(
            (LISTS, f"{LISTS}\nsuccessors = {words}", 7, "successors")
            for words in (
                '"new.example"',
                '{ "old.example" = 1 }',
                '{ "http://old.example" = "new.example" }',
                '{ "old.example" = "new.example/web" }',
                '{ "Old.example" = "new.example" }',
                '{ "old.example" = "new.example:99999" }',
                '{ "old.example" = "" }',
            )
        ),
        *((LISTS, f'{LISTS}\ngone = ["{path}"]', 7, "gone") for path in ("", "/", "error.htm", "//l.example/")),
    ],
)
def test_a_wrong_live_site_is_refused_with_file_line_and_field(
    tmp_path: Path, before: str, after: str, line: int, field: str
) -> None:
    assert before in LIVE
    path = written(tmp_path, LIVE.replace(before, after, 1))
    with pytest.raises(CatalogueError, match=rf"^s\.toml, line {line}, field `{field}`"):
        read_catalogue(path)


def test_successors_may_stand_in_a_table_of_their_own(tmp_path: Path) -> None:
    table = '\n[source.successors]\n"old.example" = "{}"\n'
    assert only(tmp_path, LIVE + table.format("new.example")).successors == {"old.example": "new.example"}
    with pytest.raises(CatalogueError, match=r"^s\.toml, line 11, field `successors`"):
        read_catalogue(written(tmp_path, LIVE + table.format("new example")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[source]\nid = "a"\n', "`source`: only entries that begin with"),
        ("source = 3\n", "`source`: only entries that begin with"),
        ("source = [3]\n", "`source`: only entries that begin with"),
        (GOOD.replace("[[source]]", "[[sources]]"), "`sources`: only entries that begin with"),
        (GOOD + "\n[limits]\na = 1\n", "`limits`: only entries that begin with"),
        ("[[source]\n", "line 1"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(CatalogueError, match=rf"^s\.toml: .*{words}"):
        read_catalogue(written(tmp_path, text))


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(GOOD.replace('"A"', '"外交部"').encode("gb18030"))
    with pytest.raises(CatalogueError, match=r"^s\.toml: .*utf-8"):
        read_catalogue(path)


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="stands twice"):
        read_catalogue(written(tmp_path, GOOD.replace('id = "c"', 'id = "a-b"')))


def test_a_further_file_adds_and_replaces(tmp_path: Path) -> None:
    path = written(tmp_path, '[[source]]\nid = "mfa-cn-en"\nissuer = "Mine"\nstate = "off"\nurls = ["m.example/"]\n')
    catalogue = read_catalogue(shipped(), path)
    assert catalogue["mfa-cn-en"].issuer == "Mine"
    assert "mfa-cn-zh" in catalogue
