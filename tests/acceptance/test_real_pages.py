"""The real pages beside the checkout, exactly; with chrome set inside them; with one sentence more.

What is inserted goes in by string operations on what lexbor writes out: no code of the parsers decides
where a paragraph begins.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers import LAYOUTS, Listing, Page, Release, Unread, parse, read
from parsers.page import open_page
from parsers.release import DATE_METHODS

RELEASES = Path(__file__).resolve().parents[2].parent / "shared" / "releases"
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not RELEASES.is_dir(), reason=f"the real pages are not here: {RELEASES}"),
]
REGIONS = {
    "mfa_en": "div.content_mod > div.content",
    "mfa_zh": "#News_Body_Txt_A",
    "mfa_zh_2020": "#News_Body_Txt_A",
    "mfa_zh_2019": "#News_Body_Txt_A",
    "mfa_en_2024": ".news_content > .content_text",
    "mission_un": "div.view-txt",
}
PAGES = 101
BOUNDARY = {"p", "div", "br", "table", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote", "hr", "center", "section"}


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


@dataclass(frozen=True, eq=False)
class Real:
    folder: str
    name: str
    truth: dict[str, Any]

    @property
    def raw(self) -> bytes:
        return (RELEASES / self.folder / self.name).read_bytes()


def truths(folder: str) -> Iterator[dict[str, Any]]:
    path = RELEASES / folder / "truth.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    yield from (json.loads(line) for line in lines)


REAL = [Real(folder, row["file"], row) for folder in REGIONS for row in truths(folder) if row.get("kind") != "list"]
each_page = pytest.mark.parametrize("real", REAL, ids=lambda real: f"{real.folder}/{real.name}")


def html_page(raw: bytes | str) -> Page:
    return Page(raw if isinstance(raw, bytes) else raw.encode(), "text/html; charset=utf-8")


@cache
def plain(real: Real) -> Release:
    return parse(html_page(real.raw))


# --- exactly -------------------------------------------------------------------------------------


def test_all_pages_are_there() -> None:
    assert len(REAL) == PAGES


@each_page
def test_a_real_page_is_read_exactly(real: Real) -> None:
    release = plain(real)
    assert squeeze(release.title) == squeeze(real.truth["title"])
    assert [squeeze(text) for text in release.paragraphs] == [squeeze(text) for text in real.truth["paragraphs"]]
    if "breadcrumb" in real.truth:
        assert list(release.breadcrumb) == real.truth["breadcrumb"]
    else:
        assert release.breadcrumb[0] == "首页"
    assert release.subtitle == (real.truth.get("subtitle") or None)
    assert published(release, minute=":" in (real.truth["published"] or "")) == real.truth["published"]


def published(release: Release, *, minute: bool) -> str | None:
    if not release.dates:
        return None
    first = min(release.dates, key=lambda given: DATE_METHODS.index(given.method))
    if not minute:
        return first.day.isoformat()
    if first.zone is None:  # the time is as the page says, its instant unknown
        assert first.at is None
        assert (first.precision == "day") == first.text.endswith("00:00")
        return first.text
    assert first.at is not None
    assert first.precision == "minute"
    return first.at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")


def test_the_users_example_is_read_exactly() -> None:
    raw = next((RELEASES / "seed").glob("*.txt")).read_bytes()
    release = parse(Page(raw))
    lines = [" ".join(line.split()) for line in raw.decode().split("\n")]
    assert release.layout == "mission_text"
    assert release.breadcrumb == ("Home", "China News")
    assert release.title == lines[1]
    assert list(release.paragraphs) == [line for line in lines[2:] if line and not line.startswith("<Suggest")]
    assert release.dates == ()
    assert lines[0] not in release.body
    assert "Suggest" not in release.body


@each_page
def test_one_layout_fits_and_all_others_refuse(real: Real) -> None:
    opened = open_page(html_page(real.raw))
    assert [layout.name for layout in LAYOUTS if layout.fits(opened)] == [plain(real).layout]


# --- inserting -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cut:
    """A page written out, and the offsets inside its region where something may be inserted."""

    html: str
    first: int
    last: int
    between: tuple[int, ...]
    """Offsets with a block boundary on both sides."""

    def insert(self, offset: int, markup: str) -> str:
        return self.html[:offset] + markup + self.html[offset:]

    @property
    def places(self) -> dict[str, int]:
        middle = self.between[len(self.between) // 2] if self.between else self.first
        inner = {"inner first": self.between[0], "inner last": self.between[-1]} if self.between else {}
        return {"first": self.first, "middle": middle, "last": self.last, **inner}


@cache
def cut(real: Real) -> Cut:
    tree = LexborHTMLParser(real.raw.decode("utf-8"))
    region = tree.css_first(REGIONS[real.folder])
    html = tree.html
    assert region is not None
    assert html is not None
    assert region.inner_html is not None
    assert html.count(region.inner_html) == 1
    start = html.index(region.inner_html)
    return Cut(html, start, start + len(region.inner_html), tuple(boundaries(html, start, region)))


def boundaries(html: str, start: int, parent: LexborNode) -> Iterator[int]:
    children = list(parent.iter(include_text=True, skip_empty=True))
    if len(children) == 1 and children[0].tag == "div" and children[0].inner_html:
        start = html.index(children[0].inner_html, start)
        yield from boundaries(html, start, children[0])
        return
    offset, left = start, True
    for child in children:
        written = child.html or ""
        offset = html.index(written, offset)
        right = child.tag in BOUNDARY
        if left and right:
            yield offset
        offset += len(written)
        left = right
    if left:
        yield offset


def paragraphs(html: str) -> list[str]:
    return list(parse(html_page(html)).paragraphs)


# --- chrome inside the region --------------------------------------------------------------------

CRUMBS = [
    ("Home", "News", "Spokesperson's Remarks"),
    ("首页", "外交动态", "发言人表态"),
    ("Αρχική", "Νέα", "Ανακοινώσεις"),
    ("मुख्य पृष्ठ", "समाचार"),
    ("Mwanzo", "Habari", "Taarifa kwa vyombo"),
    ("Ana Sayfa", "Haberler"),
    ("Trang chủ", "Tin tức", "Đối ngoại"),
    ("หน้าแรก", "ข่าว"),
    ("главная страница", "Пресс-представитель МИД КНР"),
    ("صفحة رئيسية", "المؤتمر الصحفي الاعتيادي"),
    ("Нүүр хуудас", "Мэдээ"),
    ("Kryefaqja", "Lajme", "Deklarata"),
    ("Página de início", "Notícias"),
    ("Heim", "Fréttir"),
]
JOINTS = [" &gt; ", "&nbsp;&gt;&nbsp;", " » ", "〉", " / ", " | ", "&gt;", " › "]
BOXES = ["<p>{}</p>", "<div class='x'>{}</div>", "{}", "<p style='color:red'><span>{}</span></p>", "<h4>{}</h4>"]
BARS = [
    "<div><a href='/ch/'>中文</a> <a href='/ar/'>عربي</a> <a href='/fr/'>Français</a></div>",
    "<p>中文 | English | Français | Русский | Español | عربي</p>",
    "<p>عربي Español Русский Français 简体中文</p>",
    "<div>中文&nbsp;&nbsp;عربي&nbsp;Contact Us&nbsp;Links</div>",
    "<ul><li><a href='/cn'>简体中文</a></li><li><a href='/en'>English</a></li></ul>",
    "<div><a href='/el'>Ελληνικά</a> · <a href='/hi'>हिन्दी</a> · <a href='/sw'>Kiswahili</a></div>",
    "<div><a href='/a'>Soomaali</a> <a href='/b'>Afrikaans</a> <a href='/c'>Malagasy</a></div>",
]
TAILS = [
    "<p><a href='javascript:window.print()'>Print</a></p>",
    "<div>[ Suggest to a friend ] [ Print ]</div>",
    "<div>[ Suggest To A Friend ]</div><div>&nbsp;&nbsp;[ Print ]</div>",
    "<p>&lt;Suggest to a friend&gt;</p>",
    "<p>&lt;Suggest To A Friend&gt;</p>",
    "<p>Suggest to a friend:</p>",
    "<p>Suggset To Friend:</p>",
    "<p>【打印】【关闭】</p>",
    "<p>［打印此页］ ［推荐给朋友］</p>",
    "<div>推荐给朋友</div>",
    "<p>分享到：微信 微博 QQ空间</p>",
    "<p>Print | Share | Close</p>",
    "<div class='info'>[字体：<a href='javascript:edit(20);'>大</a> <a href='javascript:edit(16);'>中</a> "
    "<a href='javascript:edit(14);'>小</a>] <a onclick='doPrint()' href='javascript:void(0);'>打印本页</a></div>",
    "<p><a href='javascript:window.print()'>Εκτύπωση</a> | <a href='javascript:window.close()'>Κλείσιμο</a></p>",
    "<div class='bshare-custom'>分享到：<a title='分享到微信'>微信</a><a>新浪微博</a></div>",
    "<div class='jiathis_style'><span>分享到：</span><a class='jiathis_button_qzone'>QQ空间</a><a>更多</a></div>",
    "<div class='share'><a href='https://www.facebook.com/sharer.php?u=1'>Facebook</a> <a href='#'>Twitter</a></div>",
    "<div id='relnews-list' style='display:none'><dl><dt>相关新闻：</dt>"
    "<dd><a href='./t1.shtml'>王毅会见外宾</a></dd></dl></div>",
    "<div id='appendix-list' style='DISPLAY: NONE'><dl><dt>附件：</dt></dl></div>",
    "<div><h3>Related News:</h3><ul><li><a href='./t1.shtml'>Wang Yi Meets with the Guests</a></li>"
    "<li><a href='./t2.shtml'>What Did They Agree On?</a> (2020-03-18)</li></ul></div>",
    "<p>Related News:</p><p><a href='./t1.shtml'>Wang Yi Meets with the Guests</a></p>",
    "<p><b>相关新闻</b></p><p><a href='./t1.shtml'>王毅会见外宾</a></p>"
    "<p><a href='./t2.shtml'>王毅同外宾通电话</a></p>",
    "<div>相关链接：<a href='./t1.shtml'>王毅会见外宾</a> <a href='./t2.shtml'>王毅同外宾通电话</a></div>",
    "<p>Habari zinazohusiana:</p><ul><li><a href='./t1.shtml'>Waziri akutana</a></li>"
    "<li><a href='./t2.shtml'>Ziara</a></li></ul>",
    "<p>附件：</p>",
    "<div class='print'><a href='javascript:window.print();'>打印</a></div>",
    "<div>Σχετικά νέα</div><div><a href='a'>Πρώτο</a></div><div><a href='b'>Δεύτερο</a></div>",
    "<div class='bdsharebuttonbox'><a href='#' class='bds_more'>分享到：</a><a class='bds_weixin' href='#'></a></div>",
    "<form action='/s'>推荐给朋友：<input name='mail'><button>发送</button></form>",
    "<form>Your e-mail: <input name='mail'> <input type='submit' value='Send'></form>",
    "<div><a href='http://www.gov.cn'>中国政府网</a> <a href='http://www.npc.gov.cn'>全国人民代表大会</a> "
    "<a href='http://www.cppcc.gov.cn'>全国政协</a></div>",
    "<p>The Embassy of the People's Republic of China in Fiction All Rights Reserved</p>",
    "<p>中华人民共和国外交部　版权所有</p>",
    "<div>Печать</div>",
]
UNSEEN = [
    "<script>var a = '<p>Not a sentence of the release.</p>';</script>",
    "<style>p { color: red } /* No. */</style>",
    "<!-- 好的。 -->",
    "<noscript>Please turn on scripts. <img src='x.gif'></noscript>",
    "<template><p>Not a sentence of the release.</p></template>",
    "<span style='display:none'>Not seen.</span>",
    "<select><option>One.</option></select>",
    "&#8203;&#65279;",
]


def heads(seed: int) -> Iterator[str]:
    yield from BARS
    for index, items in enumerate(CRUMBS):
        for number, joint in enumerate(JOINTS):
            yield BOXES[(index + number + seed) % len(BOXES)].format(joint.join(items))
    yield "<div><a href='/'>Αρχική</a>&nbsp;&gt;&nbsp;<a href='/n'>Νέα</a></div>"
    yield "<p>Home</p><p>&gt;</p><p>News</p>"
    yield "<p>您的位置：首页 &gt; 新闻</p>"
    yield BARS[seed % len(BARS)] + "<p>Home » News</p>"


@each_page
def test_chrome_at_the_head_of_the_region_goes(real: Real) -> None:
    page = cut(real)
    for head in heads(len(real.name) + page.first):
        if head[0] == "<" or page.first in page.between:  # bare text would join what follows it
            assert paragraphs(page.insert(page.first, head)) == list(plain(real).paragraphs), head


@each_page
def test_chrome_at_the_end_of_the_region_goes(real: Real) -> None:
    page = cut(real)
    for tail in (*TAILS, TAILS[0] + TAILS[20], TAILS[19] + TAILS[3] + TAILS[27]):
        assert paragraphs(page.insert(page.last, tail)) == list(plain(real).paragraphs), tail


@each_page
def test_what_no_reader_sees_goes_wherever_it_stands(real: Real) -> None:
    page = cut(real)
    words = [match.end() for match in re.finditer(r">[^<>&\s]{2}", page.html[page.first : page.last])]
    offsets = {*page.places.values(), *(page.first + words[len(words) * part // 4] for part in range(4) if words)}
    for unseen in UNSEEN:
        for offset in offsets:
            assert paragraphs(page.insert(offset, unseen)) == list(plain(real).paragraphs), unseen


@each_page
def test_chrome_on_all_sides_goes(real: Real) -> None:
    page = cut(real)
    html = page.insert(page.last, UNSEEN[0] + TAILS[1] + TAILS[21] + TAILS[26])
    html = html[: page.first] + BARS[0] + "<p>Αρχική &gt; Νέα</p>" + UNSEEN[2] + html[page.first :]
    assert paragraphs(html) == list(plain(real).paragraphs)


# --- one sentence more ---------------------------------------------------------------------------

SENTENCES = [
    "好的。",
    "No.",
    "Yes!",
    "是。",
    "谢谢大家！",
    "Thank you.",
    "问：是吗？",
    "Print media were also invited.",
    "Share prices rose.",
    "Close the door to protectionism.",
    "GDP grew by &gt; 5%.",
    "First peace &gt; then trade &gt; then trust, they said.",
    "相关新闻稿已经发布。",
    "打印件已送达。",
    "分享会议成果是双方的共同愿望。",
    "中文、English、Français 三个版本同时发布。",
    "English is spoken here.",
    "Related news was discussed by both sides.",
    "All rights reserved by the treaty were confirmed.",
    "首页新闻 / 头条新闻都作了报道。",
    "On March 3, 2014, they met.",
    "A.",
]
FORMS = {
    "p": "<p>{}</p>",
    "bold": "<p style='text-align:center'><strong>{}</strong></p>",
    "div": "<div>{}</div>",
    "boxes": "<div><div><p>{}</p></div></div>",
    "li": "<ul><li>{}</li></ul>",
    "td": "<table><tbody><tr><td>{}</td></tr></tbody></table>",
    "quote": "<blockquote>{}</blockquote>",
    "heading": "<h3>{}</h3>",
    "indent": "<p>　　&nbsp;{}&nbsp;</p>",
    "link": "<p><a href='./t1.shtml'>{}</a></p>",
    "bare": "{}",
    "span": "<span>{}</span>",
    "font": "<font size=2>{}</font>",
}
INLINE = {"bare", "span", "font"}


@each_page
def test_one_sentence_more_lands_and_nothing_else_changes(real: Real) -> None:
    page, before = cut(real), list(plain(real).paragraphs)
    turn = REAL.index(real)
    for place, offset in page.places.items():
        for form, markup in FORMS.items():
            if form in INLINE and offset not in page.between:
                continue  # it would join a paragraph, as it does for a reader
            turn += 1
            for sentence in (SENTENCES[turn % len(SENTENCES)], SENTENCES[turn * 7 % len(SENTENCES)]):
                words = " ".join(sentence.replace("&gt;", ">").split())
                got = paragraphs(page.insert(offset, markup.format(sentence)))
                assert len(got) == len(before) + 1, (place, form, sentence)
                at = next(index for index, text in enumerate(got) if index == len(before) or text != before[index])
                at = next(index for index in range(at, -1, -1) if got[index] == words)
                assert got[:at] + got[at + 1 :] == before, (place, form, sentence)
                assert place != "first" or at == 0
                assert place != "last" or at == len(before)


# --- feeds, texts, lists -------------------------------------------------------------------------


def items() -> Iterator[bytes]:
    for path in sorted((RELEASES / "state_rss").glob("*.rss")):
        yield from re.findall(rb"<item>.*?</item>", path.read_bytes(), re.DOTALL)


def test_each_item_of_the_feeds_is_read() -> None:
    count = 0
    for raw in items():
        release = parse(Page(raw, "application/rss+xml"))
        assert release.layout == "state_feed"
        assert release.title
        assert [given.precision for given in release.dates] == ["minute"]
        assert not re.search(r"function\s*\(|\bvar\s|document\.|window\.|<script|</", release.body), release.title
        count += 1
    assert count == 100


def texts(name: str) -> list[dict[str, Any]]:
    path = RELEASES / "texts" / name
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line] if path.exists() else []


def listing_of(row: dict[str, Any]) -> Listing:
    said = row.get("listing") or {"title": row.get("title_meta"), "published": row.get("published_meta")}
    return Listing(said.get("title"), said.get("published"))


# Lines that an issuer puts around a text, by the words that they have on the texts at hand.
SIGNED = re.compile(
    r"Office of the Spokesperson|[A-Z][\w. ]+, (?:Department Spokesperson|Secretary of State)|Washington, D\.C\."
    r"|Chisinau, Moldova|The (?:below|following) is attributable to Spokesperson Ned Price:|(?:Begin|End) [Tt]ext[.:]?"
    r"|For (?:media inquiries|further information), please contact [\w-]+@state\.gov\."
    r"|MINISTRY OF FOREIGN AFFAIRS|SINGAPORE|(?:MINISTRY OF FOREIGN AFFAIRS SINGAPORE )?\d\d? [A-Z]{3,9}(?: \d{4})?"
    r"|16 December 2022|(?:Photo )?(?:[Cc]aption|[Cc]redit): .*|.* Photo Credit: .*"
    r"|(?:President|PM)'s letter to US President Joe Biden"
    r"|Call by SMS on Henan Governor Wang Kai|Meeting between SMS and .*|Visit by SMS to .*"
)


def lines_of(text: str) -> list[str]:
    seen = (re.sub("[\u200b-\u200f\ufeff]", "", line) for line in text.split("\n"))
    return [" ".join(line.split()) for line in seen if line.strip()]


def test_texts_whose_title_was_listed_keep_every_line_that_is_no_signature() -> None:
    count = 0
    for row in (*texts("labelled.jsonl"), *texts("unlabelled.jsonl")):
        listing = listing_of(row)
        if not listing.title:
            continue
        release = parse(Page(row["text"].encode(), "text/plain", listing))
        assert release.layout == "bare_text"
        assert release.title == " ".join(listing.title.split())
        text = re.sub(r"(?m)^(MINISTRY OF FOREIGN AFFAIRS SINGAPORE \d\d? [A-Z]+ \d{4}) (?=\S)", r"\1\n", row["text"])
        text = re.sub(
            r"(?m) 中国政府网 全国人民代表大会 .* 继续访问 放弃\s*$", "", text
        )  # glued to the last answer of five
        assert list(release.paragraphs) == [line for line in lines_of(text) if not SIGNED.fullmatch(line)], row["id"]
        assert [given.method for given in release.dates if given.method == "listing"] == ["listing"] * bool(
            listing.published
        )
        count += 1
    assert count == 114


@pytest.mark.parametrize("row", texts("labelled.jsonl"), ids=lambda row: row["id"])
def test_a_labelled_text_is_read_as_its_label_says(row: dict[str, Any]) -> None:
    label = row["label"]
    release = parse(Page(row["text"].encode(), "text/plain", listing_of(row)))
    assert release.title == " ".join(label["title"].split())  # two labels keep an NBSP, which the contract does not
    assert list(release.breadcrumb) == label["breadcrumb"]
    assert published(release, minute=False) == label["published"]
    assert (release.kind, release.language) == (label["kind"], label["lang"])
    assert squeeze(release.body).startswith(squeeze(label["body_first_words"]))
    assert squeeze(release.body).endswith(squeeze(label["body_last_words"]))
    assert not {" ".join(line.split()) for line in label["chrome_lines"]} & set(release.paragraphs)
    assert not any(" ".join(words.split()) in release.body for words in label.get("chrome_inline") or ())


def test_the_one_text_that_is_a_list_is_refused() -> None:
    refused = [row["id"] for row in texts("unlabelled.jsonl") if not listing_of(row).title]
    assert refused == ["p300"]
    (row,) = (row for row in texts("unlabelled.jsonl") if row["id"] == "p300")
    got = read(Page(row["text"].encode(), "text/plain"))
    assert isinstance(got, Unread)
    assert got.error == "NotARelease"


@pytest.mark.parametrize(
    "pattern", ["mfa_en/lists/*.shtml", "mfa_zh_lists/*.html", "mission_un/china_category_*.html", "robots/*"]
)
def test_lists_and_error_pages_are_no_releases(pattern: str) -> None:
    found = list(RELEASES.glob(pattern))
    assert found
    for path in found:
        got = read(html_page(path.read_bytes()))
        assert isinstance(got, Unread), path.name
        error = "NothingHere" if pattern == "robots/*" else "NotARelease"
        assert (got.layout, got.error) == (None, error), (path.name, got)


# --- missions, text ------------------------------------------------------------------------------


def synthetic() -> Iterator[tuple[str, dict[str, Any]]]:
    path = RELEASES / "mission_layouts" / "synthetic.jsonl"
    for line in path.read_text("utf-8").split("\n") if path.exists() else []:
        if line:
            row = json.loads(line)
            yield row["id"], row


LISTS = {"fx22"}


@pytest.mark.parametrize("name", sorted({name for name, _ in synthetic()} - LISTS))
def test_a_missions_text_is_read_exactly(name: str) -> None:
    row = dict(synthetic())[name]
    for tail in ("", "\n\n<Suggest to a friend>\n"):
        label, release = row["label"], parse(Page((row["text"] + tail).encode(), "text/plain"))
        assert release.title == label["title"]
        assert list(release.breadcrumb) == label["breadcrumb"]
        assert list(release.paragraphs) == lines_of(label["body"])
        assert published(release, minute=False) == label["published"]
        assert (release.language, release.kind) == (label["lang"], label["kind"])


def test_a_list_of_a_mission_is_refused() -> None:
    for name in LISTS:
        got = read(Page(dict(synthetic())[name]["text"].encode(), "text/plain"))
        assert isinstance(got, Unread)
        assert got.error == "NotARelease"
