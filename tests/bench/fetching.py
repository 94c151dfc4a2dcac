"""What fetching costs: a site of our own on loopback, read by communique and by a bare loop, in turn."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
from pathlib import Path

import httpx
from processes import CHECKOUT, Pinned, pinned

sys.path.insert(0, str(CHECKOUT / "tests"))

from ministry import Ministry

ROUNDS = 3


def fetching_section(folder: Path, count: int) -> list[str]:
    """Pages a second beside a bare loop, what a quiet run costs, and memory at a tenth and at all."""
    ours: list[Pinned] = []
    bare: list[Pinned] = []
    quiet: list[Pinned] = []
    empty: list[Pinned] = []
    home = folder / "fetched"
    with Ministry(folder / "ministry", count) as ministry:
        sources = ministry.sources(folder / "ministry.toml")
        urls = folder / "urls.txt"
        urls.write_text("\n".join(ministry.release_url(n) for n in range(1, count + 1)), "utf-8")
        for _ in range(ROUNDS):
            shutil.rmtree(home, ignore_errors=True)
            bare.append(pinned([sys.executable, __file__, str(urls), str(folder / "saved")]))
            ours.append(_crawl(ministry, sources, home))
            quiet.append(_crawl(ministry, sources, home))
            (folder / "none").mkdir(exist_ok=True)
            empty.append(pinned([*_COMMAND, str(folder / "none"), "--home", str(home)]))
        tenth = _crawl_of(folder / "tenth", count // 10)
    ratio = statistics.median(a.wall / b.wall for a, b in zip(ours, bare, strict=True))
    above = statistics.median(q.cpu - e.cpu for q, e in zip(quiet, empty, strict=True))
    first = statistics.median(each.cpu for each in ours)
    return [
        "## Fetching\n",
        f"{count:,} pages of 5 kB from a server on loopback, no delay, one core beside the server's; median of "
        f"{ROUNDS} in turn (smallest to largest). The bare loop asks with httpx, page after page, and saves files; "
        "communique finds the pages in its list, asks politely, archives, parses, lands and publishes.\n",
        "| | pages a second | processor | largest process |\n|--|--|--|--|",
        f"| a bare loop that saves files | {_rate(bare, count)} | {_cpu(bare)} | {_peak(bare)} |",
        f"| communique | {_rate(ours, count)} | {_cpu(ours)} | {_peak(ours)} |",
        f"| communique, {count // 10:,} pages | {_rate([tenth], count // 10)} | {_cpu([tenth])} | {_peak([tenth])} |",
        f"| communique again, nothing new | | {_cpu(quiet)} | {_peak(quiet)} |",
        f"| nothing to read at all | | {_cpu(empty)} | {_peak(empty)} |\n",
        f"communique takes {ratio:.1f} times as long as the bare loop. A run that finds nothing new costs "
        f"{above / first:.1%} of the first run's processor time above an empty run.\n",
    ]


_COMMAND = [sys.executable, "-m", "flows", "ingest"]


def _crawl(ministry: Ministry, sources: Path, home: Path) -> Pinned:
    words = [*_COMMAND, "ministry", "--sources", str(sources), "--home", str(home)]
    return pinned(words, COMMUNIQUE_ALLOW_HOSTS=ministry.allowed)


def _crawl_of(folder: Path, count: int) -> Pinned:
    with Ministry(folder, count) as ministry:
        return _crawl(ministry, ministry.sources(folder / "ministry.toml"), folder / "home")


def _rate(runs: list[Pinned], count: int) -> str:
    rates = [count / run.wall for run in runs]
    return f"{statistics.median(rates):,.0f} ({min(rates):,.0f}-{max(rates):,.0f})"


def _cpu(runs: list[Pinned]) -> str:
    return f"{statistics.median(run.cpu for run in runs):.1f} s"


def _peak(runs: list[Pinned]) -> str:
    return f"{max(run.peak for run in runs) / 1e6:.0f} MB"


async def _save(urls: list[str], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    async with httpx.AsyncClient() as client:
        for number, url in enumerate(urls):
            answer = await client.get(url)
            (folder / f"{number}.html").write_bytes(answer.content)


if __name__ == "__main__":
    asyncio.run(_save(Path(sys.argv[1]).read_text("utf-8").split(), Path(sys.argv[2])))
