"""How texts stand to each other: what went and came between two, and which are one release on several sites."""

from parsers.linking.edits import EDIT_CLASSES, Edit, EditClass, Text, edit
from parsers.linking.groups import Grouped, Member, Pair, groups
from parsers.linking.mirrors import Document, compare
from parsers.linking.reach import AROUND, HEAD, reach
from parsers.linking.sketches import sketch
from parsers.linking.word_diff import Span, word_diff

__all__ = [
    "AROUND",
    "EDIT_CLASSES",
    "HEAD",
    "Document",
    "Edit",
    "EditClass",
    "Grouped",
    "Member",
    "Pair",
    "Span",
    "Text",
    "compare",
    "edit",
    "groups",
    "reach",
    "sketch",
    "word_diff",
]
