"""What kind of document a release is, from its headline and its opening; rules, first match wins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.release import Kind

_OPENING = 600  # characters of the body that a rule may look at

_PATTERNS: tuple[tuple[Kind, str], ...] = (
    (
        "press_conference",
        r"press (?:conference|briefing)|记者会|吹风会|rueda de prensa|conferencia de prensa|conférence de presse"
        r"|пресс-конференци|مؤتمر\w* صحفي|regierungspressekonferenz",
    ),
    (
        "joint_statement",
        r"\bjoint (?:statement|declaration|communiqu|press (?:release|statement))|联合(?:声明|公报|宣言)",
    ),
    # What is said on a meeting is no meeting.
    ("statement", r"发表(?:谈话|声明)"),
    (
        "letter",
        r"\bletters?\b|message of (?:condolence|congratulation)|condolence (?:letter|message)"
        r"|贺信|贺电|慰问电|唁电|致电|致信",
    ),
    (
        "readout",
        r"\bon the (?:phone|telephone)|(?:tele)?phone (?:call|conversation|talks)|\bcall with\b"
        r"|\b(?:meeting|meets?) with\b|\bmeets?\b|holds? talks"
        r"|通电话|通话|会见|会谈|会晤|举行(?:视频)?(?:会议|对话)|拜会",
    ),
    (
        "spokesperson_qa",
        r"答记者问|回答(?:了)?记者提问|spokesperson.{0,60}(?:remarks|response|answers?|q&a)"
        r"|response to (?:media )?(?:quer|question)",
    ),
    ("speech", r"\b(?:remarks|speech|address|keynote)\b (?:by|at|to|of)|讲话|致辞|演讲|发言(?!人)"),
    (
        "announcement",
        r"\bto (?:visit|attend|host|hold)\b|\bwill (?:visit|attend)\b|\bvisit (?:of|by|to)\b|\btravel (?:to|advisory)\b"
        r"|'s travel\b|’s travel\b|将(?:访问|访华|出席|赴)|宣布|决定|派遣|任免|\bnotice\b|\bsanctions?\b against",
    ),
    (
        "statement",
        r"\bstatement\b|\bcomments?\b|谈话|声明|\bon the (?:passing|death|anniversary|occasion)\b|national day"
        r"|^on\s",
    ),
)
_HEADLINE = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS)
_ASKED = re.compile(r"(?:^|\n)\s*(?:Q\s?[:：]|问\s?[:：]|В\s?[:：]|س\s?:|FRAGE:|\S{1,24}记者\s?[:：])")
_ANNOUNCED = re.compile(r"发言人\w{1,8}宣布[:：]|\bspokes(?:person|man|woman)\b[^.:]{1,60}\bannounces:", re.IGNORECASE)
_READOUT = re.compile(
    r"\b(?:spoke|talked) (?:today |by phone |on the phone |yesterday )*(?:by phone )?with\b"
    r"|\bmet (?:today |virtually )*(?:with|in)\b"
    r"|(?:tele)?phone (?:call|conversation)|同.{1,40}通电话|会见",
    re.IGNORECASE,
)


def kind_of(title: str, paragraphs: Sequence[str]) -> Kind:
    """The kind of a release by the closed vocabulary of `parsers.release.Kind`; `other` where no rule speaks."""
    opening = "\n".join(paragraphs)[:_OPENING]
    asked = bool(_ASKED.search(opening))
    for kind, pattern in _HEADLINE:
        if pattern.search(title):
            return _refined(kind, asked)
    if asked:
        return "spokesperson_qa"
    if _ANNOUNCED.search(opening):
        return "announcement"
    return "readout" if _READOUT.search(opening) else "other"


def _refined(kind: Kind, asked: bool) -> Kind:
    # A spokesperson's "remarks", "comments" or "statement" that opens with a question answers the press.
    return "spokesperson_qa" if asked and kind in ("statement", "speech", "announcement", "readout") else kind
