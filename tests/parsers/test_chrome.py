"""Chrome is known by shape and place; a sentence of the release never goes."""

from __future__ import annotations

import time

import pytest
from made import FIRST, LAST, named, paragraphs_of, text_page

from parsers import parse
from parsers.chrome import breadcrumb, is_controls, is_language_bar, reads_like_prose

CRUMBS = [
    ("Home", "China News"),
    ("首页", "外交动态", "发言人表态"),
    ("Page d'accueil", "Déclaration du porte-parole"),
    ("Portada", "Noticias"),
    ("главная страница", "Пресс-представитель МИД КНР"),
    ("صفحة رئيسية", "المؤتمر الصحفي الاعتيادي"),
    ("Αρχική", "Νέα", "Ανακοινώσεις"),
    ("मुख्य पृष्ठ", "समाचार"),
    ("Mwanzo", "Habari"),
    ("ホーム", "ニュース"),
    ("홈", "뉴스", "대변인"),
    ("หน้าแรก", "ข่าว"),
    ("דף הבית", "חדשות"),
    ("მთავარი", "სიახლეები"),
    ("ዋና ገጽ", "ዜና"),
    ("Trang chủ", "Tin tức"),
]
JOINTS = [" > ", "\u00a0>\u00a0", ">", " >> ", " » ", "»", " 〉 ", "〉", " / ", " | ", " ｜ ", " › ", " ＞ "]


@pytest.mark.parametrize("joint", JOINTS, ids=repr)
@pytest.mark.parametrize("items", CRUMBS, ids=" ".join)
def test_a_breadcrumb_is_known_by_shape_in_any_language(items: tuple[str, ...], joint: str) -> None:
    line = joint.join(items)
    assert breadcrumb(line) == items
    assert paragraphs_of(f"<div>{line}</div><p>{FIRST}</p>") == [FIRST]
    assert breadcrumb(f"{line} >") == items or "/" in joint or "|" in joint or "｜" in joint


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("Home\u00a0>\u00a0China News", ("Home", "China News")),
        ("> News & Events", ("News & Events",)),
        ("Home >", ("Home",)),
        ("Home > Foreign Ministry Spokersperson's Remarks", ("Home", "Foreign Ministry Spokersperson's Remarks")),
        ("Home > Lastest News", ("Home", "Lastest News")),
        ("您的位置：首页 > 新闻", ("首页", "新闻")),
        ("You are here: Home » News", ("Home", "News")),
        ("  Home > A > B > C  ", ("Home", "A", "B", "C")),
        ("Home > Q&A", ("Home", "Q&A")),
    ],
)
def test_breadcrumbs_as_they_were_seen(line: str, items: tuple[str, ...]) -> None:
    assert breadcrumb(line) == items


@pytest.mark.parametrize(
    "line",
    [
        "",
        ">",
        "No.",
        "好的。",
        "Home",
        "GDP grew by > 5%, they said.",
        "First peace > then trade > then trust.",
        "中方 > 美方？",
        "« La Chine et la France",
        "« Nous sommes prêts » a dit le ministre",
        "〈外交政策〉周样本",
        "<Xinhua>",
        "and/or",
        "24/7 support",
        "5 > 3",
        "1 / 2",
        "Print > Share",
        "Lin said that " + "the two sides are ready to go on " * 4 + "> and so on",
        "a > " * 9 + "b",
    ],
)
def test_what_is_no_breadcrumb(line: str) -> None:
    assert breadcrumb(line) is None


@pytest.mark.parametrize(
    "bar",
    [
        "中文",
        "中文 | English",
        "عربي Español Русский Français 简体中文",
        "中文 العربي Contact Us Links",
        "中文 English Contact Us",
        "[中文] [English]",
        "简体 / 繁體 / EN",
        "Français · Deutsch · Português",
        "日本語 한국어 ไทย",
        "Ελληνικά हिन्दी Kiswahili",
        "Ўзбекча 哈萨克文 Türkmençe",  # three scripts: no word of it is on a list
    ],
)
def test_a_language_bar(bar: str) -> None:
    assert is_language_bar(bar)
    assert paragraphs_of(f"<p>{bar}</p><p>{FIRST}</p>") == [FIRST]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Home",
        "Contact Us",
        "English is spoken.",
        "中文和英文",
        "The French side",
        "王毅 Wang",
        "2020 中文 English 年",
    ],
)
def test_what_is_no_language_bar(line: str) -> None:
    assert not is_language_bar(line)


CONTROLS = [
    "Suggest to a friend",
    "<Suggest to a friend>",
    "<Suggest To A Friend>",
    "Suggest to a friend:",
    "Suggset To Friend:",
    "Sugest to a friend",
    "Suggest this page to a friend",
    "[ Suggest To A Friend ]",
    "[ Print ]",
    "[ Suggest to a friend ] [ Print ]",
    "Print | Share | Close",
    "Print this page",
    "Printer-friendly version",
    "Share on Facebook Twitter WeChat",
    "Back to top",
    "A+ A-",
    "推荐给朋友",
    "【打印此页】【推荐给朋友】",
    "【打印】【关闭】",
    "［打印本页］",
    "分享到：微信 微博 QQ空间",
    "字体：大 中 小",
    "返回顶部",
    "Imprimer",
    "Распечатать",
    "طباعة",
]


@pytest.mark.parametrize("line", CONTROLS)
def test_a_control_is_a_whole_line_at_an_edge(line: str) -> None:
    shown = line.replace("<", "&lt;").replace(">", "&gt;")
    assert is_controls(line)
    assert paragraphs_of(f"<p>{FIRST}</p><div>{shown}</div>") == [FIRST]
    assert paragraphs_of(f"<div>{shown}</div><p>{FIRST}</p>") == [FIRST]
    assert parse(text_page("Home > News", "Title", "", FIRST, "", line)).paragraphs == (FIRST,)
    assert paragraphs_of(f"<p>{FIRST}</p><p>{shown}</p><p>{LAST}</p>")[1:] != [LAST], "in mid-text it is kept"


NOT_CHROME = [
    "好的。",
    "No.",
    "Yes!",
    "Print.",
    "是",
    "大",
    "A",
    "Print media",
    "Print media were also invited",
    "Share this moment with our guests",
    "Close ties",
    "Top officials",
    "Back in Beijing",
    "打印件",
    "分享会议成果",
    "关闭口岸",
    "相关新闻稿",
    "Related news agencies reported it",
    "All rights reserved by the treaty were confirmed.",
    "Beijing, 18 March",
    "Lin Example:",
    "问：",
]


@pytest.mark.parametrize("line", NOT_CHROME)
@pytest.mark.parametrize("box", ["<p>{}</p>", "<p><b>{}</b></p>", "<div>{}</div>", "<ul><li>{}</li></ul>"])
def test_what_is_no_chrome_is_kept_at_both_edges(line: str, box: str) -> None:
    markup = box.format(line)
    assert paragraphs_of(f"{markup}<p>{FIRST}</p>") == [line, FIRST]
    assert paragraphs_of(f"<p>{FIRST}</p>{markup}") == [FIRST, line]


@pytest.mark.parametrize(
    "line", ["Print the joint communiqué and " * 4, "a " * 59 + "b", "share x " * 14 + "y", "print " * 19 + "y"]
)
def test_a_line_of_almost_controls_is_settled_at_once(line: str) -> None:
    began = time.perf_counter()
    assert not is_controls(line.strip())
    assert time.perf_counter() - began < 0.005


# --- links ---------------------------------------------------------------------------------------

LINK = "<a href='./t{0}.shtml'>{1}</a>"
ONE, TWO = LINK.format(1, "Lin Example Meets the Guests"), LINK.format(2, "What Did They Agree On?")


@pytest.mark.parametrize(
    "box",
    [
        f"<div><h3>Related News:</h3><ul><li>{ONE}</li><li>{TWO}</li></ul></div>",
        f"<p>Related News</p><p>{ONE}</p>",
        f"<p><b>相关新闻</b></p><p>{ONE}</p><p>{TWO} (2020-03-18)</p>",
        f"<div>相关链接：{ONE} {TWO}</div>",
        f"<p>Σχετικά</p><p>{ONE}</p><p>{TWO}</p>",
        "<p>相关新闻：</p>",
        f"<div id='relnews'>{ONE}</div>",
    ],
)
def test_a_box_of_related_news_goes(box: str) -> None:
    assert paragraphs_of(f"<p>{FIRST}</p>{box}") == [FIRST]
    assert paragraphs_of(f"<p>{FIRST}</p>{box}<p>[ Print ]</p>") == [FIRST]
    assert paragraphs_of(f"<p>{FIRST}</p><p>[ Print ]</p>{box}") == [FIRST]


def test_related_news_in_mid_text_goes_and_the_text_after_it_stays() -> None:
    assert paragraphs_of(f"<p>{FIRST}</p><p>Related News:</p><p>{ONE}</p><p>{LAST}</p>") == [FIRST, LAST]


def test_links_to_files_under_a_heading_are_kept() -> None:
    files = "<p>Texts</p><p><a href='a.pdf'>Joint statement</a></p><p><a href='b.pdf'>Road map</a></p>"
    assert paragraphs_of(f"<p>{FIRST}</p>{files}") == [FIRST, "Texts", "Joint statement", "Road map"]


def test_a_linked_sentence_is_kept() -> None:
    assert paragraphs_of(f"<p>{FIRST}</p><p>{LINK.format(1, 'Related news was discussed.')}</p>")[1:]
    for links in (
        f"<p>{LINK.format(1, LAST)}</p>",
        f"<p>{LINK.format(1, 'They agreed')}{LINK.format(2, ' to go on.')}</p>",
    ):
        assert len(paragraphs_of(f"<p>{FIRST}</p>{links}")) == 2
        assert len(paragraphs_of(f"{links}<p>{FIRST}</p>")) == 2


def test_a_linked_sentence_that_acts_is_kept() -> None:
    assert paragraphs_of(f"<p>{FIRST}</p><p><a href='javascript:open()'>{LAST}</a></p>") == [FIRST, LAST]


def test_a_bar_of_links_first_goes_whatever_its_language() -> None:
    bar = "<div><a href='/so'>Soomaali</a> <a href='/af'>Afrikaans</a></div>"
    assert paragraphs_of(f"{bar}<p>{FIRST}</p>") == [FIRST]


def test_a_link_farm_goes() -> None:
    farm = " ".join(LINK.format(number, name) for number, name in enumerate(["中国政府网", "全国人大", "全国政协"]))
    assert paragraphs_of(f"<p>{FIRST}</p><div>{farm}</div>") == [FIRST]


@pytest.mark.parametrize(
    "link",
    [
        "<a href='javascript:window.print()'>Εκτύπωση</a>",
        "<a href='#' onclick='doPrint()'>Chapisha</a>",
        "<a href='mailto:?subject=x'>Lähetä</a>",
        "<a href='https://www.facebook.com/sharer/sharer.php?u=x'>FB</a>",
        "【<a href='javascript:print()'>Skriv ut</a>】 | 【<a href='javascript:window.close()'>Lukk</a>】",
        "<a href='javascript:print()'><div>Stampa qui</div></a>",
    ],
)
def test_a_line_of_links_that_act_is_a_control_in_any_language(link: str) -> None:
    assert paragraphs_of(f"<p>{FIRST}</p><p>{link}</p>") == [FIRST]


def test_a_link_that_acts_in_mid_sentence_loses_no_word() -> None:
    sentence = "The <a class='share' href='javascript:open()'>joint statement</a> was read <a href='#'>out</a>."
    assert paragraphs_of(f"<p>{sentence}</p>") == ["The joint statement was read out."]


# --- boxes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["bshare-custom", "jiathis_style", "bdsharebuttonbox", "share", "share-box", "addthis_toolbox"]
)
def test_a_share_box_goes_wherever_it_stands(name: str) -> None:
    box = f"<div class='{name}'><span>Gawkana:</span><a href='#'>Moja</a></div>"
    assert paragraphs_of(f"<p>{FIRST}</p>{box}<p>{LAST}</p>") == [FIRST, LAST]


@pytest.mark.parametrize(
    "wrapper",
    [
        "<form>{}</form>",
        "<div id='print'>{}</div>",
        "<div class='share'>{}</div>",
        "<nav>{}</nav>",
        "<div class='jiathis'>{}</div>",
    ],
)
def test_a_box_around_the_release_itself_is_no_chrome(wrapper: str) -> None:
    text = f"<p>{FIRST}</p><p>No.</p><p>{LAST}</p>"
    assert paragraphs_of(wrapper.format(text)) == [FIRST, "No.", LAST]
    assert paragraphs_of(wrapper.format(f"<p>Home &gt; News</p>{text}<p>[ Print ]</p>")) == [FIRST, "No.", LAST]


def test_a_hidden_box_is_never_taken_back() -> None:
    assert paragraphs_of(f"<p>{FIRST}</p><div style='display:none'><p>{LAST}</p></div>") == [FIRST]


def test_each_line_of_chrome_names_its_rule() -> None:
    region = (
        f"<p>中文 | English</p><p>Home &gt; News</p><p>{FIRST}<button>Vote</button></p><div class='jiathis'>1</div>"
        f"<p>Related News</p><p>{ONE}</p><p>附件：</p><p>Print</p><p>All Rights Reserved</p><i hidden>x</i>"
    )
    assert named(region) == [
        ("中文 | English", "language bar"),
        ("Home > News", "breadcrumb"),
        (FIRST, ""),
        ("Vote", "control"),
        ("1", "widget"),
        ("Related News", "related news"),
        ("Lin Example Meets the Guests", "related news"),
        ("附件：", "empty attachment box"),
        ("Print", "control"),
        ("All Rights Reserved", "footer"),
        ("x", "hidden"),
    ]


def test_one_item_a_line_is_a_breadcrumb_too() -> None:
    release = parse(text_page("中文", "Home", ">", "News", ">", "Remarks", "The Title", "", FIRST))
    assert (release.breadcrumb, release.title) == (("Home", "News", "Remarks"), "The Title")
    assert paragraphs_of(f"<p>Home</p><p>&gt; News</p><p>{FIRST}</p>") == [FIRST]


def test_a_headline_after_the_breadcrumb_is_no_second_one() -> None:
    release = parse(text_page("Home > News", "Beijing / Reykjavik", "", FIRST))
    assert (release.breadcrumb, release.title) == (("Home", "News"), "Beijing / Reykjavik")


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        (FIRST, True),
        ("中方对此表示欢迎，愿意继续合作。", True),
        ("वे फिर मिलने पर सहमत हुए।", True),
        ("No.", False),
        ("A title of the usual length", False),
        ("Suggest to a friend:", False),
    ],
)
def test_prose_ends_like_a_sentence(text: str, prose: bool) -> None:
    assert reads_like_prose(text) == prose
