"""Charts as SVG that stands within the page: its colours are the page's own, its words are text, no part is fetched.

Nothing of a page's words comes into a chart: only days, numbers and the ids of sources.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours that stand for those of the page, which follow the reader's choice of light or dark.
INK, SOFT, EDGE, BAR, LOOKED = "#010203", "#010204", "#010205", "#010206", "#010207"
_SHOWN = {INK: "var(--ink)", SOFT: "var(--soft)", EDGE: "var(--edge)", BAR: "var(--bar)", LOOKED: "var(--looked)"}
_WIDTH, _HEIGHT = 3.8, 1.6  # inches: at the width of a telephone its words can still be read
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": EDGE,
    "axes.labelcolor": SOFT,
    "xtick.color": EDGE,
    "ytick.color": EDGE,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "patch.linewidth": 0,
}


class Told(NamedTuple):
    """What a picture says, for who cannot see it; the title is its own on a page."""

    title: str
    what: str


_XLINK = "{http://www.w3.org/1999/xlink}href"
_SVG = "{http://www.w3.org/2000/svg}"


def volume_chart(
    told: Told,
    bars: Sequence[tuple[date, date, int]],
    looked: Sequence[tuple[date, int]],
    asked: tuple[date, date],
    *,
    begin: date,
) -> str:
    """Releases of one source over time.

    Args:
        bars: first day, first day of what follows, releases.
        looked: first day and number of days of each stretch that was looked at, as a line below the bars.
        asked: the days of the report, on a ground of their own.
        begin: where the axis begins; it ends with the report.
    """
    with _settings(told):
        figure, axes = _axes()
        since, until = (each.toordinal() for each in asked)
        axes.axvspan(max(since, begin.toordinal()), until + 1, color=EDGE, alpha=0.5, linewidth=0)
        starts = [max(first, begin).toordinal() for first, _, _ in bars]
        stops = [min(stop.toordinal(), until + 1) for _, stop, _ in bars]
        widths = [stop - start for start, stop in zip(starts, stops, strict=True)]
        axes.bar(starts, [count for _, _, count in bars], widths, align="edge", color=BAR)
        stretches = [(first.toordinal(), days) for first, days in looked]
        below = axes.get_xaxis_transform()
        axes.broken_barh(stretches, (-0.09, 0.05), color=LOOKED, transform=below, clip_on=False, linewidth=0)
        axes.set_xlim(begin.toordinal(), until + 1)
        axes.set_ylim(0, max((count for _, _, count in bars), default=1) * 1.05)
        _days_below(axes, begin, asked[1])
        axes.tick_params(axis="x", pad=8)
        return _svg(figure, told)


def lag_chart(told: Told, lags: Sequence[tuple[int, int]]) -> str:
    """Mirrors by the days that they came after their release.

    Args:
        lags: days, and how many mirrors.
    """
    with _settings(told):
        figure, axes = _axes()
        days, mirrors = [lag for lag, _ in lags], [count for _, count in lags]
        bins = min(30, max(days) - min(days) + 1)
        width = (max(days) - min(days) + 1) / bins
        edges = [min(days) - 0.5 + place * width for place in range(bins + 1)]
        axes.hist(days, edges, weights=mirrors, color=BAR, rwidth=0.9)
        axes.set_xlabel("days after the release")
        axes.locator_params(axis="x", integer=True, nbins=6)
        return _svg(figure, told)


def _settings(told: Told) -> Any:
    import matplotlib as mpl

    # Ids hang on the salt: with the same one, two pictures of a page would share some.
    settings: Any = {**_SETTINGS, "svg.hashsalt": told.title}
    return mpl.rc_context(settings)


def _axes() -> tuple[Any, Axes]:
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
    axes = figure.add_subplot()
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    return figure, axes


def _days_below(axes: Axes, begin: date, until: date) -> None:
    """Four days at most, in full: an axis that leaves out the year is read wrong in an old archive."""
    span = (until - begin).days + 1
    places = [begin.toordinal() + span * part // 3 for part in range(3)]
    axes.set_xticks(places, [date.fromordinal(place).isoformat() for place in places], ha="left")


def _svg(figure: Any, told: Told) -> str:
    """The picture without what only a file of its own needs: prolog, metadata, style sheet, names that nobody uses."""
    from lxml import etree

    stream = io.BytesIO()
    figure.savefig(stream, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    root = etree.fromstring(stream.getvalue(), etree.XMLParser(resolve_entities=False, load_dtd=False))
    for each in [*root.iter(f"{_SVG}metadata"), *root.iter(f"{_SVG}style")]:
        each.getparent().remove(each)
    drawn = etree.tostring(root, encoding="unicode")
    used = set(re.findall(r'(?:href="|url\()#([\w-]+)', drawn))
    for each in root.iter():
        if each.get("id") is not None and each.get("id") not in used:
            del each.attrib["id"]
        if _XLINK in each.attrib:
            each.set("href", each.attrib.pop(_XLINK))
    for name in ("width", "height", "version"):
        del root.attrib[name]
    root.set("role", "img")
    for place, (tag, words) in enumerate((("title", told.title), ("desc", told.what))):
        each = etree.Element(f"{_SVG}{tag}")
        each.text = words
        root.insert(place, each)
    etree.cleanup_namespaces(root)
    return _coloured(etree.tostring(root, encoding="unicode", with_tail=False))


def _coloured(drawn: str) -> str:
    for colour, shown in _SHOWN.items():
        drawn = drawn.replace(colour, shown)
    drawn = re.sub(r"<!--.*?-->\s*", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r" font-family: [^;\"]*;", "", drawn)  # that of the page
    return re.sub(r"\n\s+", "\n", drawn)
