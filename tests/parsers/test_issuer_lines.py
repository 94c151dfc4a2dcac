"""Bylines, places, sign-offs and captions go; sentences, greetings, annexes and turns that look like them stay."""

from __future__ import annotations

import time

import pytest

from parsers import Listing, Page, Release, parse, read
from parsers.evidence import evidence_of

FIRST = "The two sides met in Reykjavik on Monday."
LAST = "They agreed to meet again in the spring."
SIGN_OFF = ("MINISTRY OF FOREIGN AFFAIRS", "SINGAPORE", "9 MAY 2022")


def page(*lines: str) -> Page:
    return Page("\n".join(lines).encode(), "text/plain", Listing("A Headline That Stands Nowhere in It"))


def paragraphs(*lines: str) -> list[str]:
    return list(parse(page(*lines)).paragraphs)


def rules(*lines: str) -> list[str]:
    return [line.rule or line.part for line in evidence_of(page(*lines)).lines]


@pytest.mark.parametrize(
    "head",
    [
        ["Office of the Spokesperson"],
        ["Bureau of Tidal Affairs"],
        ["Antony J. Example, Secretary of State"],
        ["Ned Sample, Department Spokesperson", "Washington, D.C."],
        ["Alex Specimen, Secretary of State", "Chisinau, Moldova"],
        ["Alex Specimen, Secretary of State", "Mute Muster, Greenlandic Premier", "Nuuk, Greenland"],
        ["Office of the Spokesperson", "The below is attributable to Spokesperson Ned Sample:"],
    ],
)
def test_what_stands_over_a_text_of_state_gov_goes(head: list[str]) -> None:
    assert paragraphs(*head, FIRST, LAST) == [FIRST, LAST]
    assert set(rules(*head, FIRST, LAST)[: len(head)]) <= {"byline", "place", "attribution"}


@pytest.mark.parametrize(
    "line",
    [
        "Your Excellency, Madam Ambassador",
        "Thank you, Ambassador",
        "Excellencies, Mr Director General, dear friends",
        "Minister Lin met Minister Sample, Ambassador Lee attended",
        "Ladies and gentlemen, dear Ambassador",
    ],
)
def test_a_greeting_or_a_sentence_is_no_byline(line: str) -> None:
    assert paragraphs(line, FIRST, LAST) == [line, FIRST, LAST]


@pytest.mark.parametrize(
    "line",
    ["Secretary Example met X in Paris, France", "Mr Chairman, Excellencies", "Ceasefire in Gaza, Humanitarian Aid"],
)
def test_what_has_a_comma_under_a_byline_is_no_place(line: str) -> None:
    assert paragraphs("Office of the Spokesperson", line, FIRST) == [line, FIRST]


@pytest.mark.parametrize(
    "line",
    [
        "For more than a decade the two sides kept in close contact with partners. Write to press@state.example",
        "For further assistance, please contact the MFA Duty Office at mfa_duty_officer@mfa.example",
    ],
)
def test_a_sentence_with_an_address_is_no_press_contact(line: str) -> None:
    assert paragraphs(FIRST, line) == [FIRST, line]
    contact = "For media inquiries, please contact storks@example.org."
    assert paragraphs(FIRST, LAST, contact) == [FIRST, LAST]


@pytest.mark.parametrize(
    "lines",
    [
        SIGN_OFF,
        ("MINISTRY OF FOREIGN AFFAIRS SINGAPORE 9 MAY 2022",),
        ("Ministry of Foreign Affairs", "Republic of Singapore", "May 9, 2022"),
        ("MINISTRY OF FOREIGN AFFAIRS", "SINGAPORE"),
    ],
)
def test_a_sign_off_goes_in_the_forms_that_it_has(lines: tuple[str, ...]) -> None:
    assert paragraphs(FIRST, LAST, *lines) == [FIRST, LAST]


@pytest.mark.parametrize(
    "after",
    [
        ["ANNEX A", "PROGRAMME", "Monday: arrival of the guests"],
        ["Moderator: Welcome", "Minister: Hello"],
        ["1. The two sides agreed to count storks;", "2. and to count them twice;"],
        ["Dear Prime Minister,", "We owe you credit: you helped us.", "Yours sincerely,", "RAHIM SAMPLE"],
    ],
)
def test_what_follows_a_sign_off_and_is_text_stays(after: list[str]) -> None:
    assert paragraphs(FIRST, *SIGN_OFF, *after) == [FIRST, *after]


def test_captions_and_titles_of_attachments_after_a_sign_off_go() -> None:
    captions = ["Call by Minister Sample on the Governor", "Photo Credit: Ministry of Foreign Affairs"]
    attached = ["President's letter to the Prime Minister", "PM's letter to the Prime Minister"]
    for after in (["Caption: The hatchery", "Credit: MFA"], captions, attached):
        assert paragraphs(FIRST, *SIGN_OFF, *after) == [FIRST]
        assert rules(FIRST, *SIGN_OFF, *after)[-len(after) :] == ["caption"] * len(after)


def test_a_chronicle_s_first_day_dates_nothing_and_a_lone_day_does() -> None:
    days = ["1 May 1970", "Diplomatic relations established.", "2 June 1984", "An embassy opens."]
    assert paragraphs(*days) == days
    assert str(parse(page("16 December 2022", FIRST)).dates[0].day) == "2022-12-16"


@pytest.mark.parametrize("line", ["a@" * 200_000 + " z", "contact a " * 40_000, "Aa, " * 100_000, "A" * 400_000])
def test_no_rule_takes_longer_than_the_line_is(line: str) -> None:
    began = time.monotonic()
    assert isinstance(read(page(FIRST, f"For media contact {line}")), Release)
    assert isinstance(read(page(f"Office of {line}", FIRST)), Release)
    assert time.monotonic() - began < 10
