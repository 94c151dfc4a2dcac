"""Lines by which an issuer signs a text: bylines, attributions, sign-offs, captions. None is a sentence of it.

state.gov puts a byline first ("Office of the Spokesperson", a name and an office), then perhaps a
place, then in half of its texts an attribution. Singapore signs off with ministry, SINGAPORE and
day, also in mid-text or glued to what follows; after it stand captions, or the letter that was sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from parsers.blocks import Block, split_block
from parsers.chrome import reads_like_prose

_MAX_LINE = 120  # characters in a byline or a place
_TITLES = (
    *("Secretary", "Spokesperson", "Ambassador", "Representative", "Envoy", "Director", "Counselor", "Advisor"),
    *("Administrator", "Coordinator"),
)
# A name of two to five words, none of which greets anybody.
_NAME = (
    r"(?!(?:Excellenc|Your|Mr|Madam|Distinguished|Dear|Thank|Ladies|Today|Opening)\b|Excellencies)"
    r"[A-Z][\w.’'-]*(?: (?:[A-Z][\w.’'-]*|bin|al|de|van|von)){1,4}"
)
_BUREAU = re.compile(r"(?:Office|Bureau) of (?:the )?[A-Z][^.:;]+")
_PART = r"(?:[A-Z][\w.’'-]*|of|for|the|and|to|at)"
# A name, which may have initials, and an office: `Antony J. Blinken, Secretary of State`.
_OFFICE = re.compile(rf"{_NAME}, {_PART}(?:,? {_PART})*")
_CAPITALS = r"[A-Z][\w.'’-]*(?: (?:[A-Z][\w.'’-]*|of|the|de|la|al)){0,3}"
_PLACE = re.compile(
    rf"(?!(?:Mr|Mrs|Ms|Madam|Dear|Distinguished|Your|Ladies)\b){_CAPITALS}, (?:{_CAPITALS}|D\.?C\.?)(?<!Excellencies)"
)
_ATTRIBUTION = re.compile(r"The (?:below|following)(?: \w+)? (?:is|are) attributable to [^.:]{3,90}:", re.IGNORECASE)
_MARK = re.compile(r"(?:begin|end)(?: of)? text\W*", re.IGNORECASE)
_CONTACT = re.compile(
    r"For (?:any )?(?:(?:media|press) (?:in|en)?quir(?:y|ies)|(?:further|more|additional) information),?"
    r" (?:please )?(?:contact|e-?mail)[^.@]{0,40} [\w.-]{1,60}@(?:[\w-]{1,40}\.)+[a-z]{2,6}\.?",
    re.IGNORECASE,
)
_DAY = r"\d{1,2} [A-Z]{3,9}(?: \d{4})?"
_SIGN_OFF = re.compile(rf"MINISTRY OF FOREIGN AFFAIRS,? SINGAPORE,? (?:{_DAY})(?=\W|$)")
_WHOLE_SIGN_OFF = re.compile(
    r"ministry of foreign affairs[,.]? (?:republic of )?singapore[,.]?"
    r"(?: (?:\d{1,2} [a-z]{3,9}|[a-z]{3,9} \d{1,2},?)(?: \d{4})?\.?)?",
    re.IGNORECASE,
)
_MAX_SIGN_OFF = 3  # lines
_CAPTION = re.compile(r"(?:photo(?:graph)? )?(?:caption|credit)s?\s?:", re.IGNORECASE)
_ATTACHED = re.compile(r"[^\d:：;.!?][^:：;.!?]*['’]s? (?:letter|message)\b[^:：;.!?]*", re.IGNORECASE)
_FEW = 3
_CREDIT = re.compile(r"\b(?:photo(?:graph)? )?credits?\s?:", re.IGNORECASE)


def name_issuer_lines(blocks: list[Block]) -> None:
    """Name bylines, attributions, sign-offs and captions; what is glued to a sign-off becomes a block of its own."""
    _name_head([block for block in blocks if not block.chrome])
    shown = [block for block in blocks if not block.chrome]
    for block in shown:
        if _MARK.fullmatch(block.text):
            block.chrome = "text mark"
    if len(shown) > 1 and _CONTACT.fullmatch(shown[-1].text):
        shown[-1].chrome = "press contact"
    end = _name_sign_off(blocks)
    if end:
        _name_captions([block for block in blocks[end:] if not block.chrome])


def _name_head(shown: Sequence[Block]) -> None:
    if len(shown) < 2 or not is_byline(shown[0].text):
        return
    shown[0].chrome = "byline"
    last = 1
    while last < len(shown) - 1 and _names_an_office(shown[last].text):
        shown[last].chrome = "byline"
        last += 1
    rules: list[tuple[str, Callable[[str], object]]] = [
        ("place", _PLACE.fullmatch),
        ("attribution", _ATTRIBUTION.fullmatch),
    ]
    rest = list(shown[last:-1])  # something must remain
    for rule, fits in rules:
        if rest and fits(rest[0].text):
            rest.pop(0).chrome = rule


def _titled(text: str) -> bool:
    return any(title in text for title in (*_TITLES, "Minister", "Premier", "President", "Secretary General"))


def _name_sign_off(blocks: list[Block]) -> int:
    """Name the first sign-off; the index of what follows it, 0 where there is none."""
    for index, block in enumerate(blocks):
        if block.chrome:
            continue
        count = _signed_lines(blocks[index : index + _MAX_SIGN_OFF])
        if count:
            for line in blocks[index : index + count]:
                line.chrome = "sign-off"
            return index + count
        glued = _SIGN_OFF.match(block.text)
        if glued:
            split_block(blocks, index, glued.end())[0].chrome = "sign-off"
            return index + 1
    return 0


def _signed_lines(lines: Sequence[Block]) -> int:
    """How many of these lines are together a sign-off, 0 where they are none."""
    if lines[0].text[:8].casefold() != "ministry":
        return 0
    fit = (n for n in range(len(lines), 0, -1) if _WHOLE_SIGN_OFF.fullmatch(" ".join(b.text for b in lines[:n])))
    return next(fit, 0)


def is_byline(text: str) -> bool:
    """Whether a line is a byline of state.gov: no headline, whatever follows it."""
    return _names_an_office(text) or (len(text) <= _MAX_LINE and bool(_BUREAU.fullmatch(text)))


def _names_an_office(text: str) -> bool:
    return len(text) <= _MAX_LINE and bool(_OFFICE.fullmatch(text)) and _titled(text)


def _name_captions(after: Sequence[Block]) -> None:
    """What follows a sign-off is the letter that was sent, or captions of photographs and attachments."""
    for index, block in enumerate(after):
        labelled = _CAPTION.match(block.text) or (_CREDIT.search(block.text) and not reads_like_prose(block.text))
        credited = index + 1 < len(after) and _CREDIT.match(after[index + 1].text) and not reads_like_prose(block.text)
        if labelled or credited:
            block.chrome = "caption"
    # A few bare titles of attachments; annexes, turns and lists are text.
    rest = [block for block in after if not block.chrome]
    if len(rest) <= _FEW and all(_ATTACHED.fullmatch(block.text) for block in rest):
        for block in rest:
            block.chrome = "caption"
