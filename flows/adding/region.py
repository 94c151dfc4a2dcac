"""Which element of a page holds the body: the smallest near the headline that holds most of its sentences."""

from __future__ import annotations

from flows.adding.outline import Outline

_NOT_A_BOX = frozenset(
    {"p", "blockquote", "li", "ol", "ul", "dl", "span", "a", "b", "strong", "em", "i", "u", "font", "br"}
    | {"tr", "tbody", "h1", "h2", "h3", "h4", "pre"}
)
_REST = 0.5  # what a letter of a menu costs, where one of a sentence gains 1
_KEEPS = 0.8  # of an element's gain that a part of it must bring to take its place
_BODY = 400  # letters of sentences: so many around a headline are its release, whatever else stands on the page
_SHORT_BODY = 120


def region_of(outline: Outline, title: int) -> int:
    """The number of the element, -1 where the page holds no sentence."""
    gains = [element.prose - _REST * element.rest for element in outline.elements]
    boxes = [number for number, element in enumerate(outline.elements) if element.tag not in _NOT_A_BOX]
    best, start = -1, _around(outline, title)
    stop = outline.elements[start].stop if outline.elements else 0
    while True:
        inner = [number for number in boxes if start <= number < stop and number != best]
        narrower = max(inner, key=lambda number: (gains[number], number), default=-1)
        if narrower < 0 or outline.elements[narrower].prose <= 0:
            return best
        if best >= 0 and gains[narrower] < _KEEPS * gains[best]:
            return best
        best, start, stop = narrower, narrower, outline.elements[narrower].stop


def _around(outline: Outline, title: int) -> int:
    """The smallest element that holds the headline and a body below it."""
    everything = outline.elements[0].prose if outline.elements else 0
    for number in outline.above(title):
        prose, told = outline.elements[number].prose, outline.elements[number].told
        # One short paragraph beside a headline may be its subtitle.
        if prose >= _BODY or (prose >= _SHORT_BODY and (told > 1 or prose * 3 >= everything)):
            return number
    return 0
