"""What is deployed: each due run once, never two at a time; twice registered, nothing changes; one's own worker."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from homes import CHECKOUT, SAMPLES, rows
from operating import Api, Up, bare_server, communique, end, environment, free_port, sources_file, until, up_in

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    # Runs that wait for another to end are asked for at every look of the worker.
    with up_in(tmp_path_factory.mktemp("schedules") / "home", PREFECT_WORKER_QUERY_SECONDS="5") as running:
        yield running


def test_ten_due_runs_each_once_and_none_overlapping(up: Up) -> None:
    deployment = up.api.deployments()["ingest/alpha"]["id"]
    every = {"schedule": {"interval": 6, "anchor_date": "2026-01-01T00:00:00Z"}, "active": True}
    (made,) = up.api.ask("POST", f"/deployments/{deployment}/schedules", [every])
    of_it = {
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]}}},
        "deployments": {"id": {"any_": [deployment]}},
        "sort": "EXPECTED_START_TIME_ASC",
    }

    def scheduled() -> list[dict[str, Any]]:
        return [run for run in up.api.runs(**of_it) if run["auto_scheduled"]]

    until(lambda: len(scheduled()) >= 10, 180, every=1, what="ten scheduled runs ended")
    up.api.ask("DELETE", f"/deployments/{deployment}/schedules/{made['id']}")
    ten = scheduled()[:10]
    assert {run["state_type"] for run in ten} == {"COMPLETED"}
    due = {run["idempotency_key"] for run in ten}  # names deployment, schedule and due time
    assert len(due) == 10, "each due time once"
    assert {run["run_count"] for run in ten} == {1}
    spans = sorted((run["start_time"], run["end_time"]) for run in ten)
    assert all(ended <= begun for (_, ended), (begun, _) in pairwise(spans)), "none overlaps another"


def test_a_wrong_parameter_is_refused_with_a_sentence(up: Up) -> None:
    deployment = up.api.deployments()["ingest/backfill"]["id"]
    for wrong, words in (
        (
            {"source": "alhpa"},
            "'alhpa' is not one of ['inbox', 'mfa-cn-en', 'mfa-cn-zh', 'state-gov', 'alpha', 'beta']",
        ),
        ({}, "'source' is a required property"),
        ({"source": "alpha", "since": "2020-13-01"}, "2020-13-01"),
        ({"source": "alpha", "limit": 0}, "0"),
        ({"source": "alpha", "paths": ["/etc/passwd"]}, "'paths' was unexpected"),
    ):
        body = {"parameters": wrong, "state": {"type": "SCHEDULED"}}
        with pytest.raises(AssertionError, match="alidation") as refused:
            up.api.ask("POST", f"/deployments/{deployment}/create_flow_run", body)
        assert words in str(refused.value)
    assert up.api.runs(deployments={"id": {"any_": [deployment]}}) == []


def test_backfill_reads_what_lies_within_its_bounds(up: Up) -> None:
    inbox = up.home / "beta"
    inbox.mkdir(exist_ok=True)
    shutil.copy(SAMPLES / "bare.jsonl", inbox)
    run = up.api.wait(up.api.start("ingest/backfill", source="beta", limit=1))
    assert run["state_type"] == "COMPLETED"
    assert run["name"] == "beta: 1 new"
    run = up.api.wait(up.api.start("ingest/beta"))
    assert run["name"] == "beta: 2 new"


def test_registering_again_changes_nothing_and_the_registry_rules(tmp_path: Path) -> None:
    home, sources = tmp_path / "home", tmp_path / "sources.toml"
    home.mkdir()
    with bare_server(tmp_path, COMMUNIQUE_SOURCES=str(sources)) as (api, env):

        def deploy() -> dict[str, str]:
            done = communique("deploy", "--home", home, "--json", env=env)
            assert done.returncode == 0, done.stderr
            return {each["name"]: each["change"] for each in json.loads(done.stdout)}

        sources_file(sources, "alpha", "beta")
        assert set(deploy().values()) == {"created"}
        until(lambda: all_due(api), 60, what="due runs of every deployment that has a schedule")
        before = api.deployments(), coming(api)
        for each in before[0].values():
            assert each["tags"][0] == "communique"
            assert each["description"]
            assert each["version"].count("+") == 1
            assert each["entrypoint"].startswith("flows.flow.")
            assert each["pull_steps"] == []
            assert not each["storage_document_id"]
            assert each["global_concurrency_limit"]["limit"] == 1
            assert each["concurrency_options"]["collision_strategy"] == "ENQUEUE"
        (alpha,) = before[0]["ingest/alpha"]["schedules"]
        assert (alpha["schedule"]["cron"], alpha["schedule"]["timezone"]) == ("0 0 1 1 *", "Asia/Shanghai")

        assert set(deploy().values()) == {"unchanged"}
        assert (api.deployments(), coming(api)) == before

        api.ask("PATCH", f"/deployments/{before[0]['ingest/alpha']['id']}/schedules/{alpha['id']}", {"active": False})
        assert set(deploy().values()) == {"unchanged"}
        sources_file(sources, "alpha", schedule="5 0 1 1 *")
        changes = deploy()
        assert (changes["ingest/alpha"], changes["ingest/beta"]) == ("updated", "removed")
        after = api.deployments()
        assert "ingest/beta" not in after
        (alpha,) = after["ingest/alpha"]["schedules"]
        assert alpha["schedule"]["cron"] == "5 0 1 1 *"
        assert alpha["active"] is False, "what somebody paused stays paused"

        sources_file(sources, "alpha", schedule="every morning")
        done = communique("deploy", "--home", home, env=env)
        assert done.returncode == 1
        assert "source `inbox`, field `schedule`: `every morning` is no cron line" in done.stderr
        assert api.deployments() == after


def coming(api: Api) -> set[tuple[str, str]]:
    return {(run["id"], run["expected_start_time"]) for run in due(api)}


def all_due(api: Api) -> bool:
    """Whether the server, which does it deployment by deployment, has planned for all of them."""
    planned = {each["id"] for each in api.deployments().values() if each["schedules"]}
    return {run["deployment_id"] for run in due(api)} == planned


def due(api: Api) -> list[dict[str, Any]]:
    return api.runs(flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}})


def test_the_operators_page_for_a_server_of_ones_own_is_right(tmp_path: Path) -> None:
    home, sources = tmp_path / "data", sources_file(tmp_path / "sources.toml", "alpha")
    (home / "alpha").mkdir(parents=True)
    shutil.copy(SAMPLES / "bare.jsonl", home / "alpha")
    _, _, page = (CHECKOUT / "docs" / "operate.md").read_text("utf-8").partition("## A Prefect server of your own")
    (block,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    port = free_port()
    script = block.replace("--background", f"--background --port {port}").replace("4200", str(port))
    bin_first = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = environment(PREFECT_HOME=str(tmp_path / "prefect"), COMMUNIQUE_SOURCES=str(sources), PATH=bin_first)
    api = Api(f"http://127.0.0.1:{port}/api")
    with (tmp_path / "said.log").open("wb") as log:
        words = ["bash", "-euc", script]
        shell = subprocess.Popen(words, env=env, cwd=tmp_path, stdout=log, stderr=log, start_new_session=True)
    try:
        until(api.answers, 120, what="the server answers")
        until(lambda: "ingest/alpha" in api.deployments(), 60, what="it is deployed")
        run = api.wait(api.start("ingest/alpha"), seconds=150)
        assert run["state_type"] == "COMPLETED", run["state"]
        assert run["name"] == "alpha: 3 new"
        assert rows(home, "SELECT count(*) FROM releases") == [(3,)]
        status = communique("status", "--home", home, env={**env, "PREFECT_API_URL": api.url})
        assert "alpha: 3 new" in status.stdout
        assert "0 0 1 1 * Asia/Shanghai" in status.stdout
    finally:
        end(shell)
        subprocess.run([sys.executable, "-m", "prefect", "server", "stop"], env=env, check=True, capture_output=True)
