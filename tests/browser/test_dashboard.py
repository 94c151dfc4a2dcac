"""What an operator sees and clicks: the dashboard of a real `communique up` in a real Chromium."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from browsing import chromium
from filelock import FileLock
from homes import CHECKOUT, SAMPLES, line, mission_page, write_lines
from operating import Up, up_in
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

pytestmark = pytest.mark.browser

PATIENCE = 30_000  # milliseconds; the machine may be busy
SECRET = "tulip-of-1637"  # stands in the environment of server and worker
IDS = ("alpha", "beta", "gamma")
COPIED = ("bare.jsonl", "mission-en", "mfa-cn-en")
NAMED = "https://alpha.example/named.html"
ODD = "<img src=x onerror=alert(1)> [Nobody](javascript:alert(1)) knows me"
TITLE = f"a`{ODD}"  # Prefect shows cells as Markdown: the tick ends what is quoted
TO_DO = "it proposes a layout from what it sees. Then run"
COUNTS = ["read", "new", "changed", "unchanged", "quarantined", "missed"]
BY_RESULT = re.compile(r"^alpha: \d+ new, 1 edited, 2 quarantined$")
MISSING = re.compile(r"404 .*/(favicon\.ico|ico/\w+\.svg)$")  # icons that Prefect names and does not have
# SQLite was writing, and a click was to be made again; Prefect's own page then throws its failed request as it is.
BUSY = re.compile(r"503 .*/create_flow_run$")
THROWN = re.compile(r"^\w+ \S+/assets/FlowRunCreate-\S+\.js$")
PAGES = {
    "": "Dashboard",
    "runs": "Runs",
    "deployments": "Deployments",
    "automations": "Automations",
    "artifacts": "Artifacts",
    "events": "Event Feed",
    "concurrency-limits": "Concurrency",
    "settings": "Settings",
}


@dataclass
class Seen:
    """Whom all pages together asked, and what they complained of."""

    hosts: set[str | None] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def asked(self, url: str) -> None:
        if url.startswith(("http", "ws")):
            self.hosts.add(urlsplit(url).hostname)

    def said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")


@pytest.fixture(scope="module")
def seen() -> Seen:
    return Seen()


@pytest.fixture(scope="module")
def context(seen: Seen) -> Iterator[BrowserContext]:
    ours_alone = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    expect.set_options(timeout=PATIENCE)
    with chromium(ours_alone) as browser:
        made = browser.new_context(viewport={"width": 1400, "height": 1000})
        made.set_default_timeout(PATIENCE)
        made.on("request", lambda request: seen.asked(request.url))
        made.on("console", seen.said)
        made.on("weberror", lambda failure: seen.complaints.append(str(failure.error)))
        yield made


@pytest.fixture
def page(context: BrowserContext, seen: Seen) -> Iterator[Page]:
    opened = context.new_page()
    opened.on("websocket", lambda socket: seen.asked(socket.url))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def up(context: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    home = tmp_path_factory.mktemp("browser") / "home"
    with up_in(home, ids=IDS, SMTP_PASSWORD=SECRET) as running:
        yield running


@pytest.fixture(scope="module")
def first(up: Up) -> str:
    """A run of `ingest/alpha` that ended: sample releases, one of them edited, and two pages that no layout knows."""
    inbox = up.home / "alpha"
    inbox.mkdir(exist_ok=True)
    for name in COPIED:
        copy = shutil.copytree if (SAMPLES / name).is_dir() else shutil.copy
        copy(SAMPLES / name, inbox / name)
    for name, title in (("strange", TITLE.replace("<", "&lt;")), ("named", "Named")):
        (inbox / f"{name}.html").write_text(f"<html><head><title>{title}</title></head><body><p>Hm.</p></body></html>")
    (inbox / "named.html.json").write_text(json.dumps({"url": NAMED, "captured_at": "2026-02-03T04:05:06Z"}))
    run_id = up.api.start("ingest/alpha")
    assert up.api.wait(run_id)["state_type"] == "COMPLETED"
    return run_id


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("COMMUNIQUE_SHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def shoot(page: Page, path: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, animations="disabled")
    print(f"screenshot: {path}")


def go(page: Page, up: Up, path: str) -> None:
    page.goto(f"http://127.0.0.1:{up.port}/{path}")


def open_form(page: Page, up: Up) -> None:
    go(page, up, f"deployments/deployment/{up.api.deployments()['ingest/backfill']['id']}/run")


def open_tab(page: Page, name: str) -> Locator:
    page.get_by_role("tablist").get_by_text(name, exact=True).click()
    panel = page.get_by_role("tabpanel", name=name)
    expect(panel).to_be_visible()
    return panel


def tables(page: Page, up: Up, run_id: str) -> Locator:
    go(page, up, f"runs/flow-run/{run_id}")
    return open_tab(page, "Artifacts")


def open_table(panel: Locator, key: str) -> None:
    panel.get_by_role("link", name=re.compile(f"^table {key} ")).click()


def cells(page: Page, word: str | re.Pattern[str]) -> Locator:
    """The cells of the row that holds a word."""
    return page.get_by_role("row").filter(has_text=word).get_by_role("cell")


def expect_words_alone(page: Page) -> None:
    """What stands in the page as words is nothing to load or click."""
    expect(page.locator("img[src=x], a[href^='javascript']")).to_have_count(0)


def write(up: Up, source: str, *lines: dict[str, Any]) -> None:
    (up.home / source).mkdir(exist_ok=True)
    write_lines(up.home / source / "pages.jsonl", lines)


def logs(up: Up, run_id: str) -> str:
    body = {"logs": {"flow_run_id": {"any_": [run_id]}}, "limit": 200}
    return "\n".join(each["message"] for each in up.api.ask("POST", "/logs/filter", body))


def test_the_runs_list_shows_a_run_by_its_result(page: Page, up: Up, first: str, shots: Path) -> None:
    go(page, up, "")
    page.get_by_role("button", name="Runs", exact=True).click()
    link = page.get_by_role("link", name=BY_RESULT)
    expect(page.locator(".flow-run-list-item").filter(has=link)).to_contain_text("Completed")
    shoot(page, shots / "runs.png")
    link.click()
    page.wait_for_url(f"**/runs/flow-run/{first}*")


def test_the_page_of_a_run_shows_what_it_did_and_words_of_pages_stay_words(page: Page, up: Up, first: str) -> None:
    go(page, up, f"runs/flow-run/{first}")
    log = page.get_by_role("tabpanel", name="Logs")
    expect(log).to_contain_text(f"reading {up.home / 'alpha'}")
    expect(log).to_contain_text(re.compile(r"batch 1: read \d+, new \d+, changed 1, unchanged 0, quarantined 2"))
    expect(log).to_contain_text(re.compile(rf"quarantined \S*strange\.html: LayoutUnknown\. .*{TO_DO}"))
    expect(log).not_to_contain_text("knows me")
    expect_words_alone(page)


def test_its_tables_are_one_click_away(page: Page, up: Up, first: str, shots: Path) -> None:
    panel = tables(page, up, first)
    expect(panel).to_contain_text("by source and layout")
    shoot(page, shots / "run.png")
    open_table(panel, "ingest-result")
    expect(page.get_by_role("columnheader")).to_have_text(["source", "layout", *COUNTS])
    expect(cells(page, "mission_text").first).to_have_text("alpha")
    expect(cells(page, "(no layout)")).to_have_text(["alpha", "(no layout)", "2", "0", "0", "0", "2", "0"])
    shoot(page, shots / "by-layout.png")

    open_table(tables(page, up, first), "source-alpha")
    expect(page.get_by_role("article").first).to_have_text(re.compile(r"^alpha: \d+ releases from \d+ captures, 2 in"))
    expect(cells(page, "ingest").nth(1)).to_have_text("ingest")


def test_the_quarantine_says_which_page_why_and_what_to_do(page: Page, up: Up, first: str, shots: Path) -> None:
    tables(page, up, first).get_by_role("link", name=re.compile("^markdown quarantine ")).click()
    reasons = page.get_by_role("listitem")
    strange = reasons.filter(has_text="strange.html")
    expect(strange).to_contain_text("LayoutUnknown, source alpha")
    expect(strange).to_contain_text("no layout fits the page")
    expect(strange).to_contain_text(ODD)
    expect(strange).to_contain_text(re.compile(f"What to do: .*{TO_DO}"))
    expect(reasons.filter(has_text=NAMED)).to_contain_text("Named")
    shoot(page, shots / "quarantine.png")
    expect_words_alone(page)
    for reason in reasons.filter(has_text="What to do").all():
        expect(reason).to_be_in_viewport(ratio=1)


def test_the_kept_table_of_a_source(page: Page, up: Up, first: str, shots: Path) -> None:
    go(page, up, "artifacts/key/source-alpha")
    expect(page.get_by_role("article").first).to_have_text(re.compile(r"^alpha: \d+ releases from \d+ captures"))
    page.get_by_role("link", name=re.compile("^[0-9a-f]{8}$")).first.click()
    expect(page.get_by_role("columnheader")).to_have_text(["started_at", "verb", *COUNTS])
    expect(cells(page, "ingest").first).to_have_text(re.compile(r"\d\dZ$"))
    shoot(page, shots / "source.png")


def submitted(page: Page) -> dict[str, Any]:
    """The run that a click made; a server on SQLite may be writing and ask for the click again (503)."""
    for _ in range(5):
        with page.expect_response("**/create_flow_run") as answer:
            page.get_by_role("button", name="Submit").click()
        if answer.value.status != 503:
            break
    assert answer.value.status == 201
    run: dict[str, Any] = answer.value.json()
    return run


def test_a_run_started_by_clicking_through_the_form_completes(page: Page, up: Up, shots: Path) -> None:
    pages = [line(mission_page(f"On {day}"), captured_at=f"{day}T00:00:00Z") for day in ("2020-05-06", "2026-05-06")]
    write(up, "beta", *pages)
    open_form(page, up)
    page.locator(".p-select-button__icon").first.click()  # Prefect 3.9 takes a click beside the arrow for two
    for name in IDS:
        expect(page.get_by_role("option", name=name, exact=True)).to_be_visible()
    page.get_by_role("option", name="beta", exact=True).click()
    page.get_by_role("button", name="date", exact=True).first.click()
    page.locator(".p-date-input").click()
    calendar = page.locator(".p-date-picker")
    calendar.get_by_role("textbox").fill("2026-01-01")
    shoot(page, shots / "form.png")
    calendar.get_by_role("button", name="Apply").click()
    made = submitted(page)
    given = {name: value for name, value in made["parameters"].items() if value}
    assert given == {"source": "beta", "since": "2026-01-01", "backfill": True}
    go(page, up, f"runs/flow-run/{made['id']}")  # the note that links to it moves and is soon gone
    expect(page.get_by_role("banner").first).to_contain_text("Completed")
    run = up.api.run(made["id"])
    assert (run["state_type"], run["name"]) == ("COMPLETED", "beta: 1 new"), "one of its two pages is from since then"


def test_a_wrong_value_is_refused_with_the_allowed_ones(page: Page, up: Up, shots: Path) -> None:
    before = len(up.api.runs())
    open_form(page, up)
    page.locator(".schema-form-property-menu").first.click()
    page.get_by_role("button", name="Use JSON input").click()
    value = page.locator(".schema-form-property textarea").first
    value.fill('"delta"')
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text(re.compile(r"'delta' is not one of \[.*'alpha', 'beta', 'gamma'\]"))).to_be_visible()
    shoot(page, shots / "refused.png")
    expect(value).to_have_value('"delta"')
    assert page.url.endswith("/run")
    assert len(up.api.runs()) == before


def test_cancel_and_retry_by_the_buttons(page: Page, up: Up, shots: Path) -> None:
    write(up, "gamma", line(mission_page()))
    head = page.get_by_role("banner").first
    with FileLock(up.home / "writer.lock", thread_local=False).acquire(timeout=60):
        run_id = up.api.start("ingest/gamma")
        up.api.wait(run_id, "RUNNING")
        go(page, up, f"runs/flow-run/{run_id}")
        expect(head).to_contain_text("Running")
        head.get_by_role("button", name="Cancel").click()
        page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
        assert up.api.wait(run_id)["state_type"] == "CANCELLED"
        expect(head).to_contain_text("Cancelled")
        shoot(page, shots / "cancelled.png")
    head.get_by_role("button", name="Retry").click()
    page.get_by_role("dialog").get_by_role("button", name="Retry").click()
    run = up.api.wait(run_id, "COMPLETED", "FAILED", "CRASHED")
    assert (run["state_type"], run["run_count"], run["name"]) == ("COMPLETED", 2, "gamma: 1 new")
    expect(head).to_contain_text("Completed")
    page.reload()
    log = page.get_by_role("tabpanel", name="Logs")
    expect(log).to_contain_text("waiting for HOME, another writer holds it")
    expect(log).to_contain_text("batch 1: read 1, new 1")
    shoot(page, shots / "retried.png")


def test_no_text_of_a_page_and_no_secret_is_told(up: Up, first: str) -> None:
    expected = map(json.loads, (CHECKOUT / "tests" / "samples_expected.jsonl").read_text("utf-8").splitlines())
    begins = [text[:20] for each in expected if each["file"].startswith(COPIED) for text in each["paragraphs"] or ()]
    assert len(begins) > 20
    told = "\n".join([logs(up, run["id"]) for run in up.api.runs()])
    assert "batch 1: read" in told
    assert [text for text in (*begins, "knows me") if text in told] == []
    registered = json.dumps(up.api.deployments())
    assert str(up.home) in registered
    assert SECRET not in told + registered + json.dumps(up.api.artifacts(first))


def test_the_pages_ask_this_machine_alone_and_complain_of_nothing(page: Page, up: Up, first: str, seen: Seen) -> None:
    for path, name in PAGES.items():
        go(page, up, path)
        expect(page.get_by_role("banner").get_by_text(name, exact=True).first).to_be_visible()
        page.wait_for_load_state("networkidle")
    go(page, up, f"runs/flow-run/{first}")
    for tab in ("Task Runs", "Subflow Runs", "Artifacts", "Details", "Parameters", "Job Variables"):
        open_tab(page, tab)
    open_form(page, up)
    expect(page.get_by_role("heading", name="Parameters")).to_be_visible()
    page.get_by_role("link", name="backfill").click()
    expect(page.get_by_text("flows.flow.ingest_flow")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert seen.hosts == {"127.0.0.1"}
    busy = [each for each in seen.complaints if BUSY.search(each)]
    thrown = [each for each in seen.complaints if THROWN.search(each)]
    assert len(thrown) <= len(busy), "each is thrown by an answer that the server was busy"
    assert [each for each in seen.complaints if not MISSING.search(each) and each not in (*busy, *thrown)] == []
