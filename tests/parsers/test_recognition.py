"""Exactly one layout fits a page; none or two is an error with a name; a list is no release."""

from __future__ import annotations

from pathlib import Path

import pytest
from made import FIRST, html_page, text_page

from parsers import LAYOUTS, Listing, Page, Unread, current_revisions, layouts, parse, read
from parsers.errors import LayoutAmbiguous, LayoutUnknown, NotARelease, SelectorError
from parsers.layouts.mfa_en import MfaEn
from parsers.page import open_page
from parsers.recognise import recognise, registry_revision
from parsers.refusals import is_error_page

HOME = Path(layouts.__file__).parent


class Twin(MfaEn):
    name = "twin"


def test_two_that_fit_are_an_error_that_names_them() -> None:
    opened = open_page(html_page(f"<p>{FIRST}</p>"))
    with pytest.raises(LayoutAmbiguous, match="`mfa_en`, `twin`"):
        recognise(opened, (*LAYOUTS, Twin()))


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (Page(b"<html><title>A  new\ntemplate</title><p>x.</p>"), "`A new template`"),
        (Page(b"\n Just a line\nand another"), "`Just a line`"),
        (Page(b"<item><title>x</title></item>"), "an item of a feed"),
    ],
)
def test_none_that_fits_is_an_error_that_says_what_it_saw(page: Page, says: str) -> None:
    with pytest.raises(LayoutUnknown) as caught:
        parse(page)
    assert says in str(caught.value)


def test_neither_url_nor_date_decides() -> None:
    page = html_page(f"<p>{FIRST}</p>")
    for url in (None, "https://www.state.gov/x", "not a url", "http://[bad"):
        assert parse(Page(page.raw, None, Listing("t", "1999-01-01"), url)).layout == "mfa_en"


@pytest.mark.parametrize(
    "items",
    [
        "<div class='rebox_news'><ul>{}</ul></div>",
        "<div class='newsBd'><ul class='list1'>{}</ul></div>",
        "<div class='newsLst_mod'><ul>{}</ul></div>",
        "<ul class='news_fgx'>{}</ul>",
        "<div class='list-content'><ul>{}</ul></div>",
        "<div class='news-list'>{}</div>",
        "<ul class='newslist'>{}</ul>",
        "<ul class='nbox_ul'>{}</ul>",
        "<div id='docMore'>{}</div>",
    ],
)
def test_a_list_page_is_no_release(items: str) -> None:
    page = Page(f"<html><body>{items.format('<li><a href=x>x</a></li>' * 15)}</body></html>".encode())
    with pytest.raises(NotARelease, match="list"):
        parse(page)


def test_a_list_as_text_is_no_release_even_under_a_breadcrumb() -> None:
    lines = [
        f"Spokesperson Zhou Specimen's Regular Press Conference on May {day}(2023-05-{day})" for day in range(10, 14)
    ]
    for listing in (Listing(), Listing("Remarks")):
        page = Page("\n".join(["Home > Remarks", *lines, "[ Print ]"]).encode(), None, listing)
        with pytest.raises(NotARelease, match="list"):
            parse(page)


@pytest.mark.parametrize(
    "lines",
    [
        [
            "Home",
            "Resources",
            "In Focus",
            *(word for n in range(4) for word in (f"A thing in focus, {n}", "December 24, 2025")),
        ],
        [
            "Portada > Conferencia de Prensa",
            *(f"Conferencia del día {n} (2021-04-1{n})" for n in range(6)),
            FIRST,
            FIRST,
        ],
        ["首页", "相关新闻", *(f"2020年11月{n}日例行记者会(2020-11-0{n})" for n in range(1, 9)), "版权所有"],
    ],
)
def test_other_lists_as_text_are_no_releases(lines: list[str]) -> None:
    with pytest.raises(NotARelease, match="list"):
        parse(text_page(*lines))


def test_a_chronicle_is_no_list() -> None:
    days = [word for n in range(1, 6) for word in (f"March {n}, 2020", f"On day {n} the ministers met in the harbor.")]
    assert parse(text_page("Home > News", "A Chronicle", FIRST, *days)).paragraphs == (FIRST, *days)


def test_a_release_that_lists_a_few_things_with_their_days_is_one() -> None:
    lines = [f"The agreement on herring, number {n} (2023-05-1{n})" for n in range(4)]
    assert parse(text_page("Home > News", "Title", FIRST, *lines, "They will be published soon.")).title == "Title"


ERROR = "<html><head><title>{}</title></head><body><a href=/>首页</a><p>{}</p></body></html>"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("系统维护", "您访问的页面不存在或已删除！"),
        ("外交部", "对不起，我们没有找到您要的网页。Sorry, the page you requested cannot be found."),
        ("404 Not Found", "nginx"),
        ("302 Found", "The document has moved."),
        ("MFA", "Page not found"),
    ],
)
def test_an_error_page_is_no_release_whatever_its_status(title: str, text: str) -> None:
    page = Page(ERROR.format(title, text).encode())
    assert is_error_page(open_page(page))
    with pytest.raises(NotARelease, match="error page"):
        parse(page)


def test_a_long_menu_hides_no_error_page() -> None:
    menu = "<a href=/>Embassies and consulates</a> " * 200
    with pytest.raises(NotARelease, match="error page"):
        parse(Page(ERROR.format("MFA", f"{menu}</p><p>Page not found").encode()))


def test_a_release_that_speaks_of_a_deleted_page_is_none_of_them() -> None:
    long = f"<p>The post was deleted: 页面不存在. {FIRST * 60}</p>"
    assert parse(html_page(long)).layout == "mfa_en"
    with pytest.raises(LayoutUnknown):
        parse(Page(ERROR.format("Another template", long).encode()))


def test_a_template_without_its_parts_is_never_read_half() -> None:
    with pytest.raises(SelectorError, match="paragraphs"):
        parse(html_page("<p> </p>"))
    with pytest.raises(SelectorError, match="title"):
        parse(html_page(f"<p>{FIRST}</p>", title=""))
    two = html_page(f"</div><div class='content'><p>{FIRST}</p>")
    got = read(two)
    assert isinstance(got, Unread)
    assert (got.layout, got.error) == ("mfa_en", "SelectorError")
    assert "wanted exactly 1, got 2" in got.reason


def test_what_was_unknown_is_worth_another_look_when_any_layout_changes() -> None:
    assert current_revisions()[None] == registry_revision(LAYOUTS)
    assert registry_revision(LAYOUTS) != registry_revision((*LAYOUTS, Twin()))
    got = read(Page(b"nothing that we know"))
    assert isinstance(got, Unread)
    assert got.revision == registry_revision()


def test_names_of_layouts_are_unique() -> None:
    assert len({layout.name for layout in LAYOUTS}) == len(LAYOUTS)


def test_each_module_of_layouts_is_registered_by_being_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [layout.name for layout in LAYOUTS] == sorted(path.stem for path in HOME.glob("[!_]*.py"))
    (tmp_path / "two.py").write_text(
        "from parsers.layouts.mfa_en import MfaEn\nclass Two(MfaEn):\n    name = 'one'\n", "utf-8"
    )
    monkeypatch.setattr(layouts, "__path__", [*layouts.__path__, str(tmp_path)])
    with pytest.raises(ImportError, match=r"two\.py must hold one layout, whose `name` is `two`"):
        layouts._registered()


@pytest.mark.parametrize("text", ["您访问的页面不存在或已删除！", "404 Not Found"])
def test_an_error_page_in_its_site_s_template_is_no_release(text: str) -> None:
    with pytest.raises(NotARelease, match="nothing is here"):
        parse(html_page(f"<p>{text}</p>", "系统维护"))
    assert parse(html_page(f"<p>{FIRST}</p><p>{text}</p><p>{FIRST * 8}</p>")).layout == "mfa_en"
