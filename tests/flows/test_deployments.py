"""What is deployed: a deployment a source, forms that refuse what no run could take, settings for the worker."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from prefect.flows import load_flow_from_entrypoint

from flows.flow import maintain_flow
from flows.operate.deploy import FLOWS, _schedule, form
from flows.operate.deployments import Planned, environment, planned
from parsers.errors import ConfigError
from seeds import Catalogue, Source, read_catalogue

READ = Source("read", "Ministry of Read", "verified", inbox="read", schedule="5 * * * *", zone="Asia/Shanghai")
NO_ZONE = Source("no-zone", "Nobody", "verified", inbox="no-zone", schedule="0 1 * * *", note="Dropped by hand.")
BY_HAND = Source("by-hand", "Nobody", "verified", inbox="by-hand")
REPORTED = Source("reported", "Nobody", "reported", inbox="reported", schedule="0 2 * * *")
OFF = Source("off", "Nobody", "off", inbox="off", schedule="0 3 * * *")
LIVE = Source("live", "Nobody", "verified", urls=("live.example/",), schedule="0 4 * * *")
ALL = Catalogue([READ, NO_ZONE, BY_HAND, REPORTED, OFF, LIVE])
PLAN = {each.full_name: each for each in planned(ALL)}


def test_each_verified_source_with_inbox_and_schedule_has_a_deployment_and_no_other_has() -> None:
    assert list(PLAN) == ["ingest/read", "ingest/no-zone", "ingest/backfill", "reparse/kept", "maintain/home"]
    assert [each.full_name for each in planned(Catalogue([]))] == ["ingest/backfill", "reparse/kept", "maintain/home"]
    assert "ingest/inbox" in [each.full_name for each in planned(read_catalogue())]


def test_a_source_is_read_on_its_schedule_in_its_zone_and_named_by_it() -> None:
    read, no_zone = PLAN["ingest/read"], PLAN["ingest/no-zone"]
    assert (read.cron, read.zone) == ("5 * * * *", "Asia/Shanghai")
    assert (no_zone.cron, no_zone.zone) == ("0 1 * * *", "UTC")
    assert read.parameters == {"source": "read"}
    assert "Ministry of Read" in read.description
    assert "Dropped by hand." in no_zone.description
    assert read.tags == ("communique", "read")
    assert all("communique" in each.tags for each in PLAN.values()), "by which `deploy` knows its own"


def test_only_sources_and_upkeep_come_due_by_themselves() -> None:
    assert [name for name, each in PLAN.items() if each.cron] == ["ingest/read", "ingest/no-zone", "maintain/home"]
    for each in PLAN.values():
        schedule = _schedule(each)
        assert (schedule.cron, schedule.timezone) == (each.cron, each.zone) if schedule else each.cron is None


def test_the_forms_offer_the_sources_as_choices() -> None:
    def choices(name: str) -> tuple[list[str], list[str]]:
        schema = form(PLAN[name])
        return schema["properties"]["source"]["enum"], schema.get("required", [])

    assert choices("ingest/read") == (["read"], ["source"])
    assert choices("ingest/backfill") == (["read", "no-zone", "by-hand"], ["source"])
    assert choices("reparse/kept") == (["read", "no-zone", "by-hand", "reported", "off", "live"], [])
    assert form(PLAN["maintain/home"])["properties"] == {}
    told = form(PLAN["ingest/backfill"])["properties"]["source"]
    assert sorted(told) == ["description", "enum", "position", "title", "type"], "nothing else to choose from"


def test_no_form_asks_for_a_path() -> None:
    asked = {name: sorted(form(each)["properties"]) for name, each in PLAN.items()}
    assert asked["ingest/read"] == asked["ingest/backfill"] == ["backfill", "limit", "since", "source", "until"]
    assert asked["reparse/kept"] == ["dry_run", "source"]


def test_a_day_is_shown_as_a_day_and_checked_by_its_pattern() -> None:
    for name in ("since", "until"):
        (day, nothing) = form(PLAN["ingest/backfill"])["properties"][name]["anyOf"]
        assert (day["type"], day["format"], nothing) == ("string", "date", {"type": "null"})
        assert re.search(day["pattern"], "2020-02-29")


@pytest.mark.parametrize(
    ("deployment", "parameters"),
    [
        ("ingest/read", {"source": "read"}),
        ("ingest/backfill", {"source": "by-hand", "since": "2020-01-01", "until": "2020-12-31", "limit": 1}),
        ("ingest/backfill", {"source": "by-hand", "since": None, "until": None, "limit": None}),
        ("reparse/kept", {}),
        ("reparse/kept", {"source": "off", "dry_run": True}),
        ("maintain/home", {}),
    ],
)
def test_a_form_takes_good_values(deployment: str, parameters: dict[str, Any]) -> None:
    Draft202012Validator(form(PLAN[deployment])).validate(parameters)


@pytest.mark.parametrize(
    ("deployment", "parameters", "words"),
    [
        ("ingest/read", {"source": "by-hand"}, "'by-hand' is not one of"),
        ("ingest/read", {}, "'source' is a required property"),
        ("ingest/backfill", {"source": "live"}, "'live' is not one of"),
        ("ingest/backfill", {"source": None}, "None is not one of"),
        ("ingest/backfill", {}, "'source' is a required property"),
        ("ingest/backfill", {"source": "read", "since": "2020-13-01"}, "'2020-13-01' is not valid"),
        ("ingest/backfill", {"source": "read", "until": "2020-00-01"}, "'2020-00-01' is not valid"),
        ("ingest/backfill", {"source": "read", "until": "2020-01-32"}, "'2020-01-32' is not valid"),
        ("ingest/backfill", {"source": "read", "since": "1 May 2020"}, "'1 May 2020' is not valid"),
        ("ingest/backfill", {"source": "read", "limit": 0}, "0 is not valid"),
        ("ingest/backfill", {"source": "read", "limit": "all"}, "'all' is not valid"),
        ("ingest/backfill", {"source": "read", "paths": ["/etc/passwd"]}, "'paths' was unexpected"),
        ("reparse/kept", {"source": "unknown"}, "'unknown' is not one of"),
        ("reparse/kept", {"dry_run": "perhaps"}, "'perhaps' is not of type 'boolean'"),
        ("maintain/home", {"source": "read"}, "'source' was unexpected"),
    ],
)
def test_a_form_refuses_what_no_run_could_take(deployment: str, parameters: dict[str, Any], words: str) -> None:
    errors = [error.message for error in Draft202012Validator(form(PLAN[deployment])).iter_errors(parameters)]
    assert any(words in error for error in errors), errors


@pytest.mark.parametrize("cron", ["61 * * * *", "every morning", "* * *", ""])
def test_a_schedule_that_is_no_cron_line_is_refused_and_its_source_named(cron: str) -> None:
    with pytest.raises(ConfigError, match=rf"source `mine`, field `schedule`: `{re.escape(cron)}` is no cron line"):
        _schedule(Planned("ingest", "mine", "", cron=cron))


@pytest.mark.parametrize("name", sorted({each.flow for each in PLAN.values()}))
def test_a_worker_finds_each_flow_by_its_module(name: str) -> None:
    function = FLOWS[name].fn
    assert load_flow_from_entrypoint(f"{function.__module__}.{function.__name__}") is FLOWS[name]
    assert FLOWS[name].name == name


def test_every_deployed_flow_has_a_time_limit_and_keeps_no_result() -> None:
    assert maintain_flow in FLOWS.values()
    for flow in FLOWS.values():
        assert flow.timeout_seconds
        assert flow.persist_result is False


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with no setting but those that a test makes."""
    for name in ("HOME", "SOURCES", "WORKERS", "BATCH_SIZE", "PAGE_SECONDS", "PUBLISH_EVERY", "LOCK_TIMEOUT"):
        monkeypatch.delenv(f"COMMUNIQUE_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_worker_gets_the_home_and_patience_where_nothing_was_set(folder: Path) -> None:
    assert environment(None) == {
        "COMMUNIQUE_HOME": str(folder / "data"),
        "COMMUNIQUE_LOCK_TIMEOUT": "3600",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_CLIENT_MAX_RETRIES": "8",
    }
    assert environment(Path("h"))["COMMUNIQUE_HOME"] == str(folder / "h")
    assert environment(Path("/srv/h"))["COMMUNIQUE_HOME"] == "/srv/h"


def test_a_worker_gets_every_setting_in_force_whatever_folder_it_starts_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "communique.toml").write_text(
        'home = "h"\nsources = "mine.toml"\nlock_timeout = 7\nbatch_size = 9\n', "utf-8"
    )
    monkeypatch.setenv("COMMUNIQUE_WORKERS", "3")
    monkeypatch.setenv("COMMUNIQUE_BATCH_SIZE", "11")
    assert environment(None) == {
        "COMMUNIQUE_HOME": str(folder / "h"),
        "COMMUNIQUE_SOURCES": str(folder / "mine.toml"),
        "COMMUNIQUE_LOCK_TIMEOUT": "7.0",
        "COMMUNIQUE_BATCH_SIZE": "11",
        "COMMUNIQUE_WORKERS": "3",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_CLIENT_MAX_RETRIES": "8",
    }


def test_no_secret_is_told_to_the_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = (
        "COMMUNIQUE_ALERT_URL",
        "PREFECT_API_AUTH_STRING",
        "PREFECT_SERVER_API_AUTH_STRING",
        "PREFECT_API_KEY",
        "AWS_SECRET_ACCESS_KEY",
    )
    for name in secrets:
        monkeypatch.setenv(name, "hush")
    told = environment(None)
    assert not set(secrets) & set(told)
    assert "hush" not in str(told)
