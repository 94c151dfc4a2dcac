"""docs/docker, as far as it goes without a container engine: its lines are run, and its two files agree."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import subprocess
import venv
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from homes import CHECKOUT
from operating import end, environment, free_port, until

FOLDER = CHECKOUT / "docs" / "docker"
OF_THE_ENGINE = "useradd"  # an account of the image: nothing to do here
GRACE = 60  # seconds that `communique up` gives runs to end


def instructions() -> list[tuple[str, str]]:
    """Instructions of the Dockerfile with their words, in order."""
    lines = (FOLDER / "Dockerfile").read_text("utf-8").splitlines()
    found = [tuple(line.split(" ", 1)) for line in lines if line and not line.startswith("#")]
    return [(name, words) for name, words in found]


def said(name: str) -> list[str]:
    return [words for each, words in instructions() if each == name]


def command() -> list[str]:
    (words,) = said("CMD")
    listed: list[str] = json.loads(words)
    return listed


def test_compose_and_dockerfile_agree() -> None:
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    (service,) = compose["services"].values()
    (home,) = (words.partition("=")[2] for words in said("ENV") if words.startswith("COMMUNIQUE_HOME="))
    (mount,) = service["volumes"]
    name, _, target = mount.partition(":")
    assert [target] == said("VOLUME") == [home]
    assert list(compose["volumes"]) == [name]
    assert any(f"install -d -o {said('USER')[0]} " in run and run.endswith(f" {home}") for run in said("RUN"))
    port = command()[command().index("--port") + 1]
    assert said("EXPOSE") == [port]
    assert service["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f":{port}/" in said("HEALTHCHECK")[0]
    assert (FOLDER / service["build"]["context"]).resolve() == CHECKOUT
    assert (CHECKOUT / service["build"]["dockerfile"]).samefile(FOLDER / "Dockerfile")
    minutes = int(re.fullmatch(r"(\d+)m", service["stop_grace_period"])[1])  # type: ignore[index]
    assert minutes * 60 > GRACE
    assert ":?" in service["environment"]["PREFECT_SERVER_API_AUTH_STRING"]  # `up` refuses 0.0.0.0 without


def copied(root: Path) -> None:
    """What COPY names, and nothing else, where it puts it."""
    for words in (words for words in said("COPY") if not words.startswith("--from")):
        *names, target = words.split()
        place = root / target.lstrip("/")
        for name in names:
            if (CHECKOUT / name).is_dir():
                shutil.copytree(CHECKOUT / name, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(CHECKOUT / name, place)


def built(root: Path) -> dict[str, str]:
    """The image's Python with the package in it, by the RUN lines; gives the environment that finds it."""
    copied(root)
    venv.create(root / "venv", with_pip=True)
    variables = environment(PIP_DISABLE_PIP_VERSION_CHECK="1")
    variables["PATH"] = f"{root / 'venv' / 'bin'}:{variables['PATH']}"
    variables.pop("PYTHONPATH", None)
    typed = (words for words in said("RUN") if not words.startswith(OF_THE_ENGINE))
    for words in typed:
        here = re.sub(r" /(src|wheels)", rf" {root}/\1", words)
        run(here.replace(" --no-cache-dir", ""), root, variables)  # that keeps an image small, and a test slow
    return variables


def run(words: str, cwd: Path, variables: Mapping[str, str]) -> int:
    done = subprocess.run(["sh", "-c", words], cwd=cwd, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return done.returncode


@pytest.mark.server
def test_what_the_dockerfile_builds_starts_answers_and_ends(tmp_path: Path) -> None:
    variables = built(tmp_path / "image")
    port, empty = str(free_port()), tmp_path / "empty"
    empty.mkdir()
    variables |= {"COMMUNIQUE_HOME": str(tmp_path / "data"), "PREFECT_SERVER_API_AUTH_STRING": "desk:secret"}
    words = [port if word == "4200" else word for word in command()]
    health = said("HEALTHCHECK")[0].partition(" CMD ")[2].replace(":4200/", f":{port}/")
    told = tmp_path / "said.log"
    with told.open("wb") as log:
        up = subprocess.Popen(words, cwd=empty, env=variables, stdout=log, stderr=log, start_new_session=True)
        try:
            until(lambda: asked(health, empty, variables) or up.poll() is not None, 120, 1, "the health check")
            until(lambda: b"Ctrl-C stops" in told.read_bytes() or up.poll() is not None)
            up.send_signal(signal.Signals[said("STOPSIGNAL")[0]])
            assert up.wait(GRACE + 60) == 0, told.read_text("utf-8")
        finally:
            if up.poll() is None:
                end(up)
    assert (tmp_path / "data" / "prefect").is_dir()
    assert not any(empty.iterdir()), "it wrote beside HOME"


def asked(health: str, cwd: Path, variables: Mapping[str, str]) -> bool:
    """Whether the health check is content."""
    return subprocess.run(shlex.split(health), cwd=cwd, env=variables, capture_output=True, check=False).returncode == 0
