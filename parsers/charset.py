"""Bytes -> text: what is declared is believed only where it fits the bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from bs4.dammit import EncodingDetector

from parsers.errors import NotText

# Supersets that browsers read these labels as (WHATWG Encoding Standard).
_READ_AS = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252", "big5": "big5hkscs"}
# What a page may be in; Python knows other codecs too (punycode, unicode_escape), which are no charsets.
_CHARSETS = re.compile(
    r"utf-8|cp\d+|iso8859-\d+|iso2022_\w+|gb\w+|hz|big5\w*|euc_\w+|shift_jis\w*|koi8-\w|mac-\w+|ascii|tis-620"
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What undeclared bytes are guessed to be in: a guesser that may choose among all codecs takes one of DOS for an
# apostrophe, and spoils the word it stands in.
_GUESSED = ["cp1252", "gb18030", "big5hkscs", "cp1251", "cp1256", "koi8_r", "shift_jis", "euc_jp", "euc_kr"]
_FEW = 40  # high bytes
_SHIFTED = re.compile(rb"\x1b[$(.]|~\{")  # how ISO 2022 and HZ begin: seven bits, so they are valid UTF-8 too
_HIGH = re.compile(rb"[\x80-\xff]+")
_LONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_NOT_WESTERN = re.compile(rb"[\xa0-\xff]{6}")  # no word of a Western language has six accents in a row


def decode(raw: bytes, content_type: str | None) -> str:
    """Text of the bytes; a charset that is declared but does not fit the bytes is not believed.

    UTF-8 that is valid and holds more than ASCII is UTF-8, whatever was declared: by chance that
    does not happen. Then the order of trust is header, meta, content.

    Raises:
        NotText: no charset fits, or the text holds NUL, as binary data does.
    """
    text = _decode(raw, content_type)
    if b"\0" in raw and "\0" in text:
        raise NotText("the body holds NUL bytes, as binary data and UTF-16 without its mark do")
    return text


def _decode(raw: bytes, content_type: str | None) -> str:
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return raw[len(bom) :].decode(name, "replace")
    labels: list[str] | None = None
    if _SHIFTED.search(raw) and raw.isascii():
        labels = _declared(raw, content_type)
        for label in labels:
            text = _read_as(raw, label)
            if text is not None and not text.isascii():
                return text
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    labels = _declared(raw, content_type) if labels is None else labels
    for label in labels:
        text = _read_as(raw, label)
        if text is not None:
            return text
    return _detected(raw, labels)


def _declared(raw: bytes, content_type: str | None) -> list[str]:
    header = _CHARSET.search(content_type or "")
    meta = EncodingDetector.find_declared_encoding(raw[:4096], is_html=True)
    return [label for label in (header and header[1], meta) if label]


def _read_as(raw: bytes, label: str, errors: str = "strict") -> str | None:
    try:
        name = codecs.lookup(label).name
        name = _READ_AS.get(name, name)
        if not _CHARSETS.fullmatch(name) or (name == "cp1252" and _NOT_WESTERN.search(raw)):
            return None
        return raw.decode(name, errors)
    except (LookupError, ValueError):  # a NUL in a label is a ValueError
        return None


def _detected(raw: bytes, labels: Sequence[str]) -> str:
    for label in ("utf-8", *labels):
        lossy = _read_as(raw, label, "replace")
        if lossy is not None and _hardly_broken(lossy):
            return lossy
    text = _read_as(raw, _guessed(raw), "replace")
    if not text:
        raise NotText("no charset fits the bytes")
    return text


def _guessed(raw: bytes) -> str:
    """The charset of bytes that nobody declared; few of them say little, so what our sites use is tried first."""
    high = sum(map(len, _HIGH.findall(raw)))
    if len(_LONE.findall(raw)) * 2 > high:
        return "cp1252"  # accents and quotation marks that stand alone: a Western text
    if high < _FEW and _read_as(raw, "gb18030") is not None:
        return "gb18030"
    from charset_normalizer import from_bytes  # rare, and slow to import

    best = from_bytes(raw[:200_000], cp_isolation=_GUESSED).best()
    return best.encoding if best else "cp1252"


def _hardly_broken(text: str) -> bool:
    """Whether a text is in this charset but for a cut end or a bad edit."""
    broken = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - broken
    return broken <= max(sound // 20, 3 if sound > 30 else 0) or (broken == 1 and text.endswith("\ufffd"))
