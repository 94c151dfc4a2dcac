"""From pairs of releases that are one text to groups, each with its canonical release.

The days of a group agree: a release's own evidence of the day of its event, else a month around its day of
publication, has a day in common with those of all others. Where the text names a weekday only, or tells hardly
anything, it is fewer days, for all that hang together with it. A release that is no nearer to one event than to
another belongs to none. Within a group all hang together by its own texts, not by those of another day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from parsers.linking.reach import AROUND, CLOSE

Role = Literal["mirror", "alias"]
Method = Literal["exact", "near"]
Links = Mapping[str, Mapping[str, float]]
"""Text -> the texts that are one release with it, and how alike they are."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two releases whose texts are one release, as `compare` found."""

    first: str
    second: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Member:
    """A release that may belong to a group.

    Attributes:
        release_id: of the release.
        text: key of its text; releases with one key have one text.
        site: where it stands, one name for all hosts of a site; None where unknown.
        own: whether that is the issuer's own site, not a mission's.
        earliest: first day that its own evidence allows for its event.
        latest: last such day; a day where both are the same, nothing known where both are None.
        published: its day of publication.
        captured: when it was first seen.
        around: days to either side of its publication on which its event may have been, as `reach` says.
    """

    release_id: str
    text: str
    site: str | None
    own: bool
    earliest: date | None
    latest: date | None
    published: date | None
    captured: datetime | None
    around: timedelta = AROUND

    @property
    def day(self) -> date | None:
        """The day of its event, where it is known to the day."""
        return self.earliest if self.earliest == self.latest else None

    @property
    def window(self) -> tuple[date, date]:
        """The days on which its event may have been."""
        first, last = self.earliest or date.min, self.latest or date.max
        if self.published is None or (self.around == AROUND and (self.earliest or self.latest)):
            return first, last
        after = self.published - min(self.around, self.published - date.min)
        before = self.published + min(self.around, date.max - self.published)
        # A month or a year tells no weekday from the next; where the publication contradicts it, it stands.
        near = max(first, after), min(last, before)
        return near if near[0] <= near[1] else (first, last)

    @property
    def is_anybodys(self) -> bool:
        """Whether nothing tells this release from others: neither text nor day."""
        return self.around <= CLOSE and not self.day and not self.published

    @property
    def rank(self) -> tuple[bool, bool, date, bool, float, str]:
        """The canonical release has the lowest: the issuer's own, published first, seen first, then by id."""
        seen = self.captured.timestamp() if self.captured else 0.0
        unpublished, unseen = self.published is None, self.captured is None
        return (not self.own, unpublished, self.published or date.max, unseen, seen, self.release_id)


@dataclass(frozen=True, slots=True)
class Grouped:
    """A release that is not canonical, and the canonical release of its group.

    `role` is `alias` where the group has a release of lower rank on the same site, `alias_of`: a second URL of
    one document. `similarity` is to the canonical text, or to the nearest text of the group.
    """

    release_id: str
    canonical_id: str
    role: Role
    alias_of: str | None
    method: Method
    similarity: float


def groups(pairs: Iterable[Pair], members: Iterable[Member]) -> tuple[Grouped, ...]:
    """The releases that mirror another, by id; the same whatever the order of what is given.

    Members that share a text are one whether a pair says so or not. Pairs of unknown releases are
    passed over.
    """
    known = {each.release_id: each for each in members}
    links = _links(pairs, known)
    found: list[Grouped] = []
    for component in _parts(sorted(known.values(), key=lambda each: each.rank), links):
        for agreed in _agreed(_as_near(component), links):
            for together in _parts(agreed, links):
                found += _of(together, links)
    return tuple(sorted(found, key=lambda each: each.release_id))


def _as_near(members: Sequence[Member]) -> list[Member]:
    """Members, all as near in time as the text asks that tells least; without those that nothing tells apart."""
    around = min(each.around for each in members)
    near = (each if each.around == around else replace(each, around=around) for each in members)
    return [each for each in near if not each.is_anybodys]


def _links(pairs: Iterable[Pair], known: Mapping[str, Member]) -> Links:
    links: dict[str, dict[str, float]] = defaultdict(dict)
    for pair in pairs:
        if pair.first in known and pair.second in known:
            a, b = known[pair.first].text, known[pair.second].text
            if a != b:
                links[a][b] = links[b][a] = max(pair.similarity, links[a].get(b, 0.0))
    return links


def _parts(members: Sequence[Member], links: Links) -> Iterator[list[Member]]:
    """Members in parts that hang together by their texts, each in the order given; a part of one is left out."""
    by_text: dict[str, list[Member]] = defaultdict(list)
    for each in members:
        by_text[each.text].append(each)
    seen: set[str] = set()
    for text in by_text:
        if text in seen:
            continue
        seen.add(text)
        part, todo = [], [text]
        while todo:
            here = todo.pop()
            part += by_text[here]
            fresh = [other for other in links.get(here, ()) if other in by_text and other not in seen]
            seen.update(fresh)
            todo += fresh
        if len(part) > 1:
            yield sorted(part, key=lambda each: each.rank)


def _agreed(members: Sequence[Member], links: Links) -> Iterator[list[Member]]:
    """Members whose days agree, each member once at most."""
    dated: dict[date, list[Member]] = defaultdict(list)
    days_of: dict[str, set[date]] = defaultdict(set)
    for each in members:
        if each.day:
            dated[each.day].append(each)
            days_of[each.text].add(each.day)
    days = sorted(dated)
    own_days = {text: sorted(found) for text, found in days_of.items()}
    apart = []
    for each in members:
        if each.day:
            continue
        fits = _fitting(each, days, own_days, links)
        if len(fits) == 1:
            dated[fits[0]].append(each)
        elif not fits:
            apart.append(each)
    yield from dated.values()
    yield from _overlapping(apart)


def _fitting(member: Member, days: Sequence[date], own_days: Mapping[str, list[date]], links: Links) -> Sequence[date]:
    """Days that a release may belong to: of its own text, else of texts next to it, else of any."""
    near = {day for text in links.get(member.text, ()) for day in own_days.get(text, ())}
    for known in (own_days.get(member.text, []), sorted(near), days):
        start, stop = bisect_left(known, member.window[0]), bisect_right(known, member.window[1])
        if start < stop:
            return known[start : min(stop, start + 2)]  # more than one is too many
    return ()


def _overlapping(members: Sequence[Member]) -> Iterator[list[Member]]:
    """Members without a day, parted where their windows have no day in common."""
    bounded = sorted((each for each in members if each.window != (date.min, date.max)), key=lambda each: each.window)
    parts: list[list[Member]] = []
    last = date.min
    for each in bounded:
        first, stop = each.window
        if parts and first <= last:
            parts[-1].append(each)
            last = min(last, stop)
        else:
            parts.append([each])
            last = stop
    unbounded = [each for each in members if each.window == (date.min, date.max)]
    if len(parts) <= 1:
        parts = [[*(parts[0] if parts else ()), *unbounded]]
    yield from parts


def _of(members: Sequence[Member], links: Links) -> Iterator[Grouped]:
    """A group, lowest rank first, as rows."""
    canonical, *others = members
    texts = {each.text for each in members}
    first_of = {canonical.site: canonical.release_id}
    for each in others:
        same = each.text == canonical.text
        similarity = 1.0 if same else _similarity(links.get(each.text, {}), canonical.text, texts)
        alias_of = first_of.get(each.site) if each.site is not None else None
        first_of.setdefault(each.site, each.release_id)
        role: Role = "alias" if alias_of else "mirror"
        method: Method = "exact" if same else "near"
        yield Grouped(each.release_id, canonical.release_id, role, alias_of, method, similarity)


def _similarity(alike: Mapping[str, float], canonical: str, texts: set[str]) -> float:
    # Where it hangs on the group by another text only: that other text's.
    return alike.get(canonical) or max((alike[text] for text in alike if text in texts), default=1.0)
