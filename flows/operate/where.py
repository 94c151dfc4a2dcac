"""Where a run happens: as a Prefect flow where a server answers, else as plain functions at once.

Prefect is not imported here: it takes a second, and most runs need it not.
"""

from __future__ import annotations

import json
import os
import time
import tomllib
from pathlib import Path

SERVER_FILE = "server.json"
AWAIT_SECONDS = 30.0
SECONDS = 2.0  # a server on this machine answers in milliseconds
START_SECONDS = 180  # it makes its tables first, which takes ten on a slow machine, and more on a busy one


def server_url(home: Path) -> str | None:
    """URL of the Prefect API that is configured and answers, else None.

    The one that `communique up` started for this HOME, else PREFECT_API_URL, else the active profile.
    """
    for url in (_of_home(home), os.environ.get("PREFECT_API_URL"), _of_profile()):
        if url and answers(url):
            return url
    return None


def awaited_url(home: Path, seconds: float = AWAIT_SECONDS) -> str | None:
    """As `server_url`; a server that PREFECT_API_URL names and that is just starting is waited for."""
    until = time.monotonic() + seconds
    while True:
        url = server_url(home)
        if url or not os.environ.get("PREFECT_API_URL") or time.monotonic() > until:
            return url
        time.sleep(0.5)


def prefect_home(home: Path) -> Path:
    """The folder of HOME where a server of ours keeps its database; made where it is not there yet."""
    folder = (home / "prefect").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # its database holds blocks, and the key to them
    return folder


def _of_home(home: Path) -> str | None:
    try:
        url = json.loads((home / SERVER_FILE).read_text("utf-8"))["api_url"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return url if isinstance(url, str) else None


def _of_profile() -> str | None:
    folder = Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect")
    try:
        profiles = tomllib.loads((folder / "profiles.toml").read_text("utf-8"))
        name = os.environ.get("PREFECT_PROFILE") or profiles["active"]
        url = profiles["profiles"][name]["PREFECT_API_URL"]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError):
        return None
    return url if isinstance(url, str) else None


def answers(url: str) -> bool:
    """Whether a Prefect API answers there; asks for no password."""
    import httpx

    try:
        return httpx.get(f"{url.rstrip('/')}/health", timeout=SECONDS).is_success
    except httpx.HTTPError:
        return False
