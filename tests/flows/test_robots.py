"""robots.txt by RFC 9309: who may ask for what, which line says so, and how long that takes at worst."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import islice, product
from pathlib import Path
from string import ascii_lowercase

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from protego import Protego

from flows.fetching.robots import AGENT, MAX_BYTES, MAX_RULES, Decision, Robots

HOST = "https://www.mfa.test"
URL = f"{HOST}/robots.txt"
REAL = Path(__file__).resolve().parents[3] / "shared" / "releases" / "robots"
NO_RULE = "no rule of robots.txt applies"


def decide(text: str, path: str) -> Decision:
    return Robots.read(200, text.encode(), URL).decide(HOST + path)


# --- what is answered instead of it (2.3.1) ------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 410, 412, 451, 301, 302, 304])
def test_a_site_without_one_allows_all_and_the_status_is_the_evidence(status: int) -> None:
    robots = Robots.read(status, b"User-agent: *\nDisallow: /", URL)
    assert robots.reachable
    assert robots.decide(f"{HOST}/a") == Decision(True, f"no robots.txt (status {status})")
    assert robots.crawl_delay is None


@pytest.mark.parametrize("status", [500, 502, 503, 504, 521, 429, None])
def test_where_nothing_is_known_of_it_nothing_may_be_asked_for(status: int | None) -> None:
    robots = Robots.read(status, b"User-agent: *\nAllow: /", URL)
    assert not robots.reachable
    words = f"status {status}" if status else "no answer"
    assert robots.decide(f"{HOST}/a") == Decision(False, f"{URL} cannot be had ({words})")
    assert robots.decide(URL).allowed


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "robots.txt has no valid line (status 200)"),
        (b"\n# nothing\nhello", "robots.txt has no valid line (status 200)"),
        (b"<html><p>Sorry</p></html>", "robots.txt has no valid line (status 200, HTML)"),
        (b"User-agent: *\nDisallow:", NO_RULE),
        (b"Sitemap: https://www.mfa.test/s.xml", NO_RULE),
        (b"Disallow: /", NO_RULE),  # of no group
    ],
)
def test_a_file_that_forbids_nothing_allows_all(raw: bytes, rule: str) -> None:
    assert Robots.read(200, raw, URL).decide(f"{HOST}/a") == Decision(True, rule)


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real files are not here: {REAL}")
def test_the_real_one_is_html_and_allows_all() -> None:
    for file, status in (("fmprc_error.htm", 200), ("fmprc_robots.txt", 302)):
        robots = Robots.read(status, (REAL / file).read_bytes(), URL)
        decision = robots.decide(f"{HOST}/web/wjb_673085/t1.shtml")
        assert robots.reachable
        assert decision.allowed
        assert ("valid line (status 200, HTML)" if status == 200 else "no robots.txt (status 302)") in decision.rule


# --- groups (2.2.1) ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "agent", ["communique", "Communique", "COMMUNIQUE/1.0", "communique (+https://example.org)", "communique*"]
)
def test_our_group_is_the_one_with_our_name_whatever_stands_behind_it(agent: str) -> None:
    text = f"User-agent: *\nDisallow: /\n\nUser-agent: {agent}\nDisallow: /own/"
    assert decide(text, "/a") == Decision(True, NO_RULE)
    assert decide(text, "/own/a") == Decision(False, "Disallow: /own/")


@pytest.mark.parametrize("agent", ["com", "communique-bot", "mycommunique", "my communique", "unique", ""])
def test_a_name_that_holds_ours_or_is_held_by_it_is_another(agent: str) -> None:
    assert decide(f"User-agent: {agent}\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a").allowed


def test_groups_of_one_name_are_one_and_agents_share_a_group() -> None:
    text = "User-agent: x\nUser-agent: communique\nDisallow: /a\nUser-agent: y\nDisallow: /b\nUser-agent: communique\n"
    text += "Disallow: /c\nUser-agent: *\nDisallow: /d"
    allowed = {path: decide(text, path).allowed for path in ("/a", "/b", "/c", "/d")}
    assert allowed == {"/a": False, "/b": True, "/c": False, "/d": True}


def test_a_group_without_rules_is_a_group() -> None:
    assert decide("User-agent: *\nDisallow: /\nUser-agent: communique\nDisallow:", "/a").allowed


@pytest.mark.parametrize("between", ["Sitemap: https://www.mfa.test/s.xml", "", "# no", "Noindex: /x", "hello"])
def test_what_is_no_line_of_a_group_ends_none(between: str) -> None:
    assert not decide(f"User-agent: communique\n{between}\nUser-agent: x\nDisallow: /", "/a").allowed


def test_a_delay_is_a_line_of_its_group() -> None:
    text = "User-agent: *\nCrawl-delay: 3\n\nUser-agent: bad\nDisallow: /"
    assert decide(text, "/a").allowed
    assert Robots.read(200, text.encode(), URL).crawl_delay == 3


# --- rules (2.2.2, 2.2.3) ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "path", "allowed", "rule"),
    [
        # RFC 9309, 5.2
        (
            "Allow: /example/page/\nDisallow: /example/page/disallowed.gif",
            "/example/page/disallowed.gif",
            False,
            "Disallow: /example/page/disallowed.gif",
        ),
        ("Disallow: /a\nAllow: /a", "/a/b", True, "Allow: /a"),
        ("Allow: /a\nDisallow: /a", "/a/b", True, "Allow: /a"),
        ("Disallow: /\nAllow: /web/", "/web/t.html", True, "Allow: /web/"),
        ("Disallow: /\nAllow: /web/", "/Web/t.html", False, "Disallow: /"),
        ("Allow: /w\nAllow: /web/\nDisallow: /we", "/web/t", True, "Allow: /web/"),
        ("disallow : /web/  # old", "/web/t", False, "disallow : /web/"),
        ("DISALLOW:/web/", "/web/", False, "DISALLOW:/web/"),
        ("Disalow: /web/", "/web/", False, "Disalow: /web/"),
        ("Disallow /web/", "/web/", False, "Disallow /web/"),
        ("Disallow: *.shtml$", "/web/t.shtml", False, "Disallow: *.shtml$"),
        ("Disallow: *.shtml$", "/web/t.shtml?x", True, NO_RULE),
        ("Disallow: /*?print=", "/web/t.shtml?print=1", False, "Disallow: /*?print="),
        ("Disallow: /a*b*c", "/a1c2b", True, NO_RULE),
        # RFC 9309, 2.2.2 and 2.2.3
        ("Disallow: /foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", True, NO_RULE),
        ("Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", False, "Disallow: /foo/bar/ツ"),
        ("Disallow: /foo/bar/%E3%83%84", "/foo/bar/ツ", False, "Disallow: /foo/bar/%E3%83%84"),
        ("Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False, "Disallow: /foo/bar/%62%61%7A"),
        ("Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-*.html", False, None),
        ("Disallow: /path/foo-%24", "/path/foo-$", False, "Disallow: /path/foo-%24"),
        ("Disallow: /", "/robots.txt", True, "robots.txt itself may always be asked for"),
        ("Disallow: /", "/robots.txt?x", True, "robots.txt itself may always be asked for"),
        ("Disallow: /", "/web/robots.txt", False, "Disallow: /"),
        ("Disallow: /", "", False, "Disallow: /"),
    ],
)
def test_the_longest_rule_decides_and_is_named(rules: str, path: str, allowed: bool, rule: str | None) -> None:
    decision = decide(f"User-agent: *\n{rules}", path)
    assert decision == Decision(allowed, rule or decision.rule)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["\ufeff", "", "\n \n"])
def test_a_mark_at_the_start_and_any_end_of_line_will_do(start: str, end: str) -> None:
    raw = f"{start}User-agent: *{end}Disallow: /web/{end}".encode()
    assert Robots.read(200, raw, URL).decide(f"{HOST}/web/") == Decision(False, "Disallow: /web/")


def test_bytes_that_are_no_utf8_hide_no_other_line() -> None:
    raw = b"User-agent: *\nDisallow: /\xff\xfe\nDisallow: /web/ # \xff\n"
    assert not Robots.read(200, raw, URL).decide(f"{HOST}/web/").allowed


def test_evidence_is_short_and_can_be_printed() -> None:
    shown = decide("User-agent: *\nDisallow:\t*\x1b[31m*\x00", "/\x1b[31m\x00").rule
    assert shown == "Disallow: * [31m* "
    assert len(decide(f"User-agent: *\nDisallow: /{'a' * 1000}", f"/{'a' * 1000}").rule) == 200


def test_half_of_a_surrogate_pair_in_a_url_is_no_crash() -> None:
    assert not decide("User-agent: *\nDisallow: /a", "/a\ud800?b").allowed


@pytest.mark.parametrize(
    ("said", "delay"),
    [("2", 2.0), ("0.5", 0.5), ("0", 0.0), ("3600", 60.0), ("-1", None), ("x", None), ("inf", None), ("nan", None)],
)
def test_a_delay_is_within_bounds(said: str, delay: float | None) -> None:
    assert Robots.read(200, f"User-agent: *\nCrawl-delay: {said}".encode(), URL).crawl_delay == delay


# --- evidence and verdict, on files made at random -----------------------------------------------

PIECES = ["a", "A", "b", "/", "*", "?", "=", "中", "%61", "%e4%b8%ad", "%2F", ".", "index.html"]
PATHS = st.lists(st.sampled_from(PIECES), max_size=5).map(lambda parts: "/" + "".join(parts))
RULES = st.tuples(st.sampled_from(["Allow", "allow", "Disallow", "DISALLOW"]), PATHS, st.sampled_from(["", "", "$"]))
LINES = st.lists(
    RULES.map(lambda rule: f"{rule[0]}: {rule[1]}{rule[2]}")
    | st.sampled_from(["*", "communique", "Communique", "bot"]).map(lambda agent: f"User-agent: {agent}")
    | st.sampled_from(
        [
            "Disallow:",
            "Disallow: /",
            "Crawl-delay: 1",
            "Sitemap: /s.xml",
            "",
            "# no",
            "Disallow *a",
            "Allow",
            "User-agent",
            "User-agent:",
        ]
    ),
    max_size=12,
)
URLS = PATHS.map(lambda path: HOST + path.replace("*", "%2A"))


def alone(rule: str, against: str = "") -> Protego:
    return Protego.parse(f"User-agent: *\n{against}\n{rule}")


@pytest.mark.acceptance
@given(LINES, URLS)
@settings(max_examples=1000)
@example(["User-agent: *", "Allow: /a/index.html", "Disallow: /a/"], f"{HOST}/a/")
@example(["User-agent: *", "Disallow: /", "User-agent: communique"], f"{HOST}/a")
@example(["User-agent: communique", "Disallow", "User-agent: bot", "Disallow: /"], f"{HOST}/a")
@example(["User-agent: *", "Allow: /a$", "Disallow: /a"], f"{HOST}/a")
def test_groups_are_those_of_protego_and_evidence_never_contradicts(lines: list[str], url: str) -> None:
    text = "\n".join(lines)
    decision = Robots.read(200, text.encode(), URL).decide(url)
    assert decision.allowed == Protego.parse(text).can_fetch(url, AGENT)
    if decision.rule in lines:
        assert alone(decision.rule).can_fetch(url, AGENT) == decision.allowed
        assert alone(decision.rule, "Disallow: /").can_fetch(url, AGENT) == decision.allowed  # it matches
    else:
        assert decision.allowed
        assert decision.rule == NO_RULE or "no valid line" in decision.rule


PLAIN = st.lists(st.sampled_from("ab/*"), max_size=5).map(lambda parts: "/" + "".join(parts))
PLAIN_RULES = st.tuples(st.sampled_from(["Allow", "Disallow"]), PLAIN, st.sampled_from(["", "", "$"]))


@pytest.mark.acceptance
@given(st.lists(PLAIN_RULES, max_size=8), st.text("ab/", max_size=5))
@settings(max_examples=500)
def test_the_named_rule_is_the_longest_that_matches(rules: list[tuple[str, str, str]], path: str) -> None:
    def matches(pattern: str, end: str) -> bool:
        expression = ".*".join(map(re.escape, pattern.split("*")))
        return re.match(expression + (r"\Z" if end else ""), f"/{path}") is not None

    lines = [f"{kind}: {pattern}{end}" for kind, pattern, end in rules]
    matching = [
        (len(pattern + end), kind == "Allow", -number)
        for number, (kind, pattern, end) in enumerate(rules)
        if matches(pattern, end)
    ]
    _, allowed, number = max(matching, default=(0, True, 1))
    expected = Decision(allowed, lines[-number] if matching else NO_RULE)
    assert decide("\n".join(["User-agent: *", *lines]), f"/{path}").allowed == expected.allowed
    if lines:
        assert decide("\n".join(["User-agent: *", *lines]), f"/{path}") == expected


@given(st.binary(max_size=200) | st.text("UserAgnt-:*alowDis \n\r#/$%", max_size=200).map(str.encode), st.text())
def test_no_file_and_no_path_is_a_crash(raw: bytes, path: str) -> None:
    robots = Robots.read(200, raw, URL)
    assert robots.decide(f"{HOST}/{path}").rule
    assert robots.crawl_delay is None


# --- bounds --------------------------------------------------------------------------------------


def test_what_lies_behind_the_bound_is_not_read_and_a_line_that_it_cuts_is_none() -> None:
    head = b"User-agent: *\nDisallow: /first\n"
    fill = b"#" * (MAX_BYTES - len(head) - len(b"\nDisallow: /"))
    robots = Robots.read(200, head + fill + b"\nDisallow: /web/\nDisallow: /last", URL)
    assert [robots.decide(HOST + path).allowed for path in ("/first", "/x", "/web/", "/last")] == [
        False,
        True,
        True,
        True,
    ]
    assert not Robots.read(200, head + fill + b"\nDisallow: /", URL).decide(f"{HOST}/x").allowed


def test_among_many_rules_the_deciding_one_is_not_looked_for() -> None:
    text = "User-agent: *\nCrawl-delay: 1\nAllow:\n"
    text += "\n".join(f"Disallow: /{number}/" for number in range(MAX_RULES + 1))
    assert decide(text, "/7/") == Decision(False, "one of its 201 rules")
    assert decide(text, "/x/") == Decision(True, "none of its 201 rules forbids it")
    assert decide(text.rpartition("\n")[0], "/7/") == Decision(False, "Disallow: /7/")


FULL = MAX_BYTES - 20
NAMES = ["".join(name) for name in islice(product(ascii_lowercase, repeat=4), 14_000)]
HOSTILE: dict[str, Callable[[int], bytes]] = {
    "rules": lambda size: b"allow:/a\n" * (size // 9),
    "wildcards": lambda size: b"disallow:/*zzz$\n" * (size // 16),
    "dollars": lambda size: b"allow:$\n" * (size // 8),
    "one wildcard": lambda size: b"Disallow: /" + b"*a" * (size // 2 - 10) + b"\n",
    "as many as are looked for": lambda size: b"".join(
        b"Disallow: /%s%d\n" % (b"*a" * (size // 430), number) for number in range(MAX_RULES)
    ),
    # protego alone would copy every rule to every agent
    "agents": lambda size: (
        "".join(f"User-agent: {name}\n" for name in NAMES[: size // 37]).encode() + b"allow:/b\n" * (size // 20)
    ),
    "the same agent": lambda size: b"User-agent: *\n" * (size // 28) + b"allow:/b\n" * (size // 20),
    "spaces": lambda size: b"allow" + b" " * (size - 10),
}


def least(do: Callable[[], object], times: int) -> float:
    """Seconds of the quickest of some runs."""
    costs = []
    for _ in range(times):
        start = time.process_time_ns()
        do()
        costs.append(time.process_time_ns() - start)
    return max(min(costs), 20_000) / 1e9  # less cannot be compared


@pytest.mark.acceptance
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_as_much_as_it_is_long(name: str) -> None:
    """32 times as long, a thousand times as costly: that would be quadratic."""
    costs = []
    for size in (FULL // 32, FULL):
        raw = b"User-agent: *\n" + HOSTILE[name](size)
        assert size // 2 < len(raw) <= MAX_BYTES
        robots = Robots.read(200, raw, URL)
        reading = least(lambda raw=raw: Robots.read(200, raw, URL), 3)
        url = f"{HOST}/{'a' * 200}/b?c=d"
        costs.append((reading, least(lambda robots=robots, url=url: robots.decide(url), 5)))
    (little_reading, little), (reading, deciding) = costs
    assert reading < 200 * little_reading
    assert deciding < 200 * little
    assert deciding < reading, "a file is read once, and what decides is not made anew"


def test_a_file_is_read_once_however_many_urls_are_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "User-agent: *\nCrawl-delay: 2\nAllow: /web/*.shtml$\n" + "".join(f"Disallow: /p{n}/\n" for n in range(16))
    text += "Disallow: /*?print=\n"
    parsed: list[str] = []
    parse = Protego.parse
    monkeypatch.setattr("flows.fetching.robots.Protego.parse", lambda text: parsed.append(text) or parse(text))
    robots = Robots.read(200, text.encode(), URL)
    assert len(parsed) == 1 + 18  # the file, and a file for each rule
    urls = [f"{HOST}/web/t{n}.shtml{'?print=1' * (n % 3 == 0)}" for n in range(10_000)]
    alone = parse(text)
    assert sum(robots.decide(url).allowed for url in urls) == 6_666
    assert len(parsed) == 1 + 18
    some = urls[:300]
    deciding = least(lambda: [robots.decide(url) for url in some], 5)
    assert deciding < 40 * least(lambda: [alone.can_fetch(url, AGENT) for url in some], 5)
