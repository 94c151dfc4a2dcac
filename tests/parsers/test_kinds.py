"""The kind of a release, from its headline and its opening."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.kinds import kind_of
from parsers.release import KINDS

TITLES = {
    "Lin Example Speaks with Foreign Minister Placeholder on the Phone": "readout",
    "Secretary Placeholder’s Meeting with Foreign Minister Sample": "readout",
    "林示例会见马耳他外长样本": "readout",
    "林示例同马耳他外长样本通电话": "readout",
    "Spokesperson Zhou Specimen's Regular Press Conference on May 22, 2018": "press_conference",
    "2020年4月9日外交部发言人周样本主持例行记者会": "press_conference",
    "Очередная пресс-конференция 15 января 2016 г.": "press_conference",
    "外交部发言人周样本就某事答记者问": "spokesperson_qa",
    "外交部发言人周样本就领导人会晤发表谈话": "statement",
    "On the Opening of Iceland’s New National Library": "statement",
    "Joint Statement on the Herring Survey": "joint_statement",
    "中华人民共和国和马耳他共和国联合声明": "joint_statement",
    "Congratulatory Letter from Prime Minister Placeholder": "letter",
    "Remarks by Ambassador Lin at the Opening": "speech",
    "Kenyan Foreign Minister Amina Sample to Visit China": "announcement",
    "马耳他外长样本将访华": "announcement",
    "Herring": "other",
}


@pytest.mark.parametrize(("title", "kind"), TITLES.items())
def test_a_headline_says_the_kind(title: str, kind: str) -> None:
    assert kind_of(title, ["They met."]) == kind


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        ("外交部发言人周样本宣布：", "announcement"),
        ("Foreign Ministry Spokesperson Zhou Specimen announces:", "announcement"),
        ("Q: Do you have any comment?", "spokesperson_qa"),
        ("问：中方有何评论？", "spokesperson_qa"),
        ("Secretary Placeholder spoke today with the minister.", "readout"),
        ("The herring survey begins.", "other"),
    ],
)
def test_an_opening_says_it_where_the_headline_does_not(opening: str, kind: str) -> None:
    assert kind_of("Herring", [opening]) == kind


def test_remarks_that_open_with_a_question_answer_the_press() -> None:
    title = "Foreign Ministry Spokesperson Zhou Specimen's Statement on the Ferry"
    assert kind_of(title, ["We are saddened."]) == "statement"
    assert kind_of(title, ["Q: What happened?", "A: We are saddened."]) == "spokesperson_qa"


@given(st.text(), st.lists(st.text(), max_size=3))
def test_every_text_has_a_kind(title: str, paragraphs: list[str]) -> None:
    assert kind_of(title, paragraphs) in KINDS
