"""How far apart a text may be published and still be one release, where nothing says the day of its event.

A text that tells something is mirrored within a month. One that names a weekday tells of the last such day, and
next week the same words tell of another. One that tells hardly anything, "Please see the attachment.", is
anybody's on any day.
"""

from __future__ import annotations

import re
from datetime import timedelta

from parsers.linking.mirrors import tells_little
from parsers.linking.named import WEEKDAYS

HEAD = 400  # characters at the head of a body, in which it says when its event was

AROUND = timedelta(days=31)  # a text is published within a month of its event, and mirrored within a month
WEEK = timedelta(days=3)  # to either side: six days between two
CLOSE = timedelta(days=1)  # to either side: two days between two

_NAMES = (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonnabend Sonntag",
    "الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
    *WEEKDAYS,
)
_WEEKDAY = re.compile(
    rf"\b(?:{'|'.join(name for names in _NAMES for name in names.split())})\b"
    r"|(?:segunda|terça|quarta|quinta|sexta)-feira"
    r"|(?:星期|礼拜)[一二三四五六日天]|(?<![一二两三四五六七八九十几每\d])周[一二三四五六日]"
)


def reach(head: str) -> timedelta:
    """Days around its day of publication that a release shares with all others of its text.

    Args:
        head: the first HEAD characters of its body; all of a shorter one.
    """
    if tells_little(head):
        return CLOSE
    return WEEK if _WEEKDAY.search(head) else AROUND
