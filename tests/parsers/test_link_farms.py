"""A farm of links glued to the last sentence goes; names that a release lists stay."""

from __future__ import annotations

import pytest

from parsers import Listing, Page, parse

LAST = "周样本：望远镜昨天已送到，镜片完好。"
FARM = "中国政府网 全国人民代表大会 最高人民法院 国防部 教育部 公安部 司法部 商务部 北京市外办 天津市外办"
LEAVING = "您即将离开外交部门户网站，跳转到其他网站， 是否继续访问？ 继续访问 放弃"
NAMES = "赵一 钱二 孙三 李四 周五 吴六 郑七 王八 冯九 陈十"


def paragraphs(text: str) -> list[str]:
    return list(parse(Page(text.encode(), "text/plain", Listing("记者会"))).paragraphs)


@pytest.mark.parametrize("glue", [" ", "\u3000", "\n", "” "])
@pytest.mark.parametrize("tail", [FARM, f"{FARM} {LEAVING}", f"{FARM}\n{LEAVING}"])
def test_the_farm_goes_and_the_sentence_stays(glue: str, tail: str) -> None:
    said = "问：送到了吗？"
    assert paragraphs(f"{said}\n{LAST}{glue}{tail}") == [said, LAST + glue.strip()]


@pytest.mark.parametrize(
    "line",
    [
        f"{LAST} {NAMES}",
        f"出席会议的有： {NAMES}",
        "全国人民代表大会、最高人民法院、国防部、教育部、公安部、司法部、商务部均派员出席。",
        f"{LAST} 全国人民代表大会 商务部",
        f"{LAST} 是否继续访问？ 继续访问 放弃",
        "双方讨论了是否继续访问的问题。",
        "You are now leaving the harbor, the guide said at the site of the wreck.",
        "On Monday the State Council, the Ministry of Commerce and the Ministry of Tides met. They will meet again.",
    ],
)
def test_what_a_release_lists_stays(line: str) -> None:
    assert paragraphs(f"问：送到了吗？\n{line}") == ["问：送到了吗？", line]


def test_a_farm_in_the_middle_of_a_long_text_is_left_to_the_audit() -> None:
    lines = [f"{LAST} {FARM}", *(f"第{n}句话说完了。" for n in range(8))]
    assert paragraphs("\n".join(lines)) == lines


@pytest.mark.parametrize(
    "line", [LEAVING, "继续访问 放弃", "是否继续访问？", "You are now leaving the Ministry’s website."]
)
def test_what_a_site_asks_of_who_leaves_it_goes(line: str) -> None:
    assert paragraphs(f"问：送到了吗？\n{LAST}\n{line}") == ["问：送到了吗？", LAST]
