"""What kind of document a release is, from its headline and its opening; rules, first match wins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.release import Kind

_LONGEST = 500  # characters of a headline
_OPENING = 600  # characters of the body that a rule may look at

_PATTERNS: tuple[tuple[Kind, str], ...] = (
    # What a spokesperson says of a letter, a conference or a joint statement is none.
    ("spokesperson_qa", r"答记者问|回答(?:了)?记者提问"),
    ("statement", r"发表(?:谈话|声明)"),
    ("statement", r"\bspokes(?:person|man|woman)['’]s (?:remarks|comments?|statement)\b"),
    ("announcement", r"\bto (?:meet|hold talks)\b|\bwill (?:meet|hold)\b|将(?:同|会见|与)"),
    ("readout", r"^readout\b"),
    (
        "press_conference",
        r"\bmeets the press\b|回答中外记者提问|pressekonferenz|coletiva de imprensa|記者会見"
        r"|press (?:conference|briefing|availability)|记者会|吹风会|rueda de prensa|conferencia de prensa"
        r"|conférence de presse"
        r"|пресс-конференци|مؤتمر\w{0,3} (?:ال)?صحفي|regierungspressekonferenz",
    ),
    (
        "joint_statement",
        r"\bjoint (?:statement|declaration|communiqu|press (?:release|statement))|联合(?:声明|公报|宣言)"
        r"|déclaration conjointe|declaraci[óo]n conjunta|declaração conjunta|совместн\w{2} заявлени|بيان مشترك"
        r"|gemeinsame erklärung",
    ),
    (
        "letter",
        r"\bletters?\b(?! of credence)|message of (?:condolence|congratulation)|condolence (?:letter|message)"
        r"|贺信|贺电|慰问电|唁电|致电|致信",
    ),
    (
        "readout",
        r"\bon the (?:phone|telephone)|(?:tele)?phone (?:call|conversation|talks)|\bcall with\b"
        r"|\b(?:meeting|meets?) with\b|\bmeets?\b|holds? talks"
        r"|телефонн\w{2,3} разговор|\bвстрети\w{2,4} с\b|par téléphone|entretien téléphonique"
        r"|\brencontre\b.{0,9}\b(?:ministre|président)"
        r"|conversación telefónica|se reúne con|مكالمة هاتفية|يلتقي|電話会談|\btrifft\b"
        r"|通电话|通话|会见|会谈|会晤|举行(?:视频)?(?:会议|对话)|拜会",
    ),
    (
        "spokesperson_qa",
        r"答记者问|回答(?:了)?记者提问|spokesperson.{0,60}(?:remarks|response|answers?|q&a)"
        r"|response to (?:media )?(?:quer|question)",
    ),
    (
        "speech",
        r"\b(?:remarks|speech|address|keynote)\b (?:by|at|to|of)|讲话|致辞|演讲|发言(?!人)"
        r"|^(?:(?:deputy|under|assistant) )?(?:secretary|president|minister|ambassador)\b[^'’]*"
        r" at (?:an?|the|his|her)\b",
    ),
    (
        "announcement",
        r"\bto (?:visit|attend|host|hold)\b|\bwill (?:visit|attend)\b|\bvisit (?:of|by|to)\b"
        r"|\btravels? (?:to|advisory)\b"
        r"|['’]s travel\b|将(?:访问|访华|出席|赴)|宣布|决定|派遣|任免"
        r"|\bappointment of\b|\bnotice\b|\bsanctions?\b against",
    ),
    (
        "statement",
        r"\bstatement\b|\bcomments?\b|谈话|声明|\bon the (?:passing|death|anniversary|occasion)\b|national day"
        r"|^on\s",
    ),
)
_HEADLINE = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS)
_ASKED = re.compile(r"(?:^|\n)\s*(?:Q\s?[:：]|问\s?[:：]|В\s?[:：]|س\s?:|FRAGE:|\S{1,24}记者\s?[:：])")
# Who is greeted stands on a line of its own over what is read out to them.
_GREETED = re.compile(
    r"(?:^|\n)(?:(?:Mr|Mrs|Ms|Madam)\.? (?:Secretary-General|President|Chair(?:man|person|woman)?|Speaker|Moderator)"
    r"|(?:Distinguished|Honou?rable|Dear) [^\n.:]{3,60}|Your Excellenc(?:y|ies)|Excellencies|Ladies and Gentlemen"
    r"|(?:尊敬的|各位|女士们)[^\n。]{1,30})\s?[,，:：!！]\s*(?=\n|$)",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(r"发言人\w{1,8}宣布[:：]|\bspokes(?:person|man|woman)\b[^.:]{1,60}\bannounces:", re.IGNORECASE)
_READOUT = re.compile(
    r"\b(?:spoke|talked) (?:today |by phone |on the phone |yesterday )*(?:by phone )?with\b"
    r"|\bmet (?:today |virtually )*(?:with|in)\b"
    r"|(?:tele)?phone (?:call|conversation)|同.{1,40}通电话|会见",
    re.IGNORECASE,
)
# A visit that is told afterwards, or ahead.
_TOLD = re.compile(r"\b(?:called on|met|visited|spoke|held talks|had talks)\b", re.IGNORECASE)
_AHEAD = re.compile(r"\bwill\b|\bis (?:visiting|travell?ing)\b|\bto (?:visit|attend|host|hold)\b|将", re.IGNORECASE)
_STATED = re.compile(
    r"\b(?:condemns?|welcomes?|congratulates?|deplores?|rejects?|reaffirms?|(?:is|are) (?:\w+ )?(?:concerned|saddened)"
    r"|offers? (?:\w+ )?condolences|express(?:es)?)\b"
)
_FIRST = re.compile(r"[^.。\n]*(?:\b(?:Mr|Mrs|Ms|Dr|St|[A-Z])\.[^.。\n]*)*")


def kind_of(title: str, paragraphs: Sequence[str]) -> Kind:
    """The kind of a release by the closed vocabulary of `parsers.release.Kind`; `other` where no rule speaks."""
    title, opening = title[:_LONGEST], "\n".join(paragraphs)[:_OPENING]
    asked = bool(_ASKED.search(opening))
    for kind, pattern in _HEADLINE:
        if pattern.search(title):
            return _refined(kind, title, opening, asked=asked)
    if asked:
        return "spokesperson_qa"
    if _ANNOUNCED.search(opening):
        return "announcement"
    if _READOUT.search(opening):
        return "readout"
    return "statement" if _STATED.search(_first_sentence(opening)) else "other"


def _refined(kind: Kind, title: str, opening: str, *, asked: bool) -> Kind:
    # A spokesperson's "remarks", "comments" or "statement" that opens with a question answers the press.
    if asked and kind in ("statement", "speech", "announcement", "readout"):
        return "spokesperson_qa"
    if kind == "statement" and _GREETED.search(opening):
        return "speech"  # it was read out to somebody, whatever it calls itself
    ahead = _AHEAD.search(f"{title} {_first_sentence(opening)}")
    return "readout" if kind == "announcement" and _TOLD.search(opening) and not ahead else kind


def _first_sentence(opening: str) -> str:
    found = _FIRST.match(opening)
    return found[0] if found else ""
