"""The database behind the server, where it is PostgreSQL: asked first, so that what is wrong is one sentence.

Left alone, a server that cannot reach its database ends with a traceback in a log. The address holds a
password: nothing of it is said but host, port, and name of the database.
"""

from __future__ import annotations

import asyncio
import os

from asyncpg.exceptions import InvalidCatalogNameError, InvalidPasswordError
from prefect.settings import get_current_settings
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from flows.operate.services import DATABASE
from parsers.errors import ConfigError, ServiceError

VARIABLE = "PREFECT_API_DATABASE_CONNECTION_URL"
_FORM = "postgresql+asyncpg://USER:PASSWORD@HOST:PORT/NAME"
_PATIENCE = 10.0  # seconds


def reach_database() -> None:
    """Connect once to the PostgreSQL that the environment names for the server; SQLite needs no asking.

    What else may be wrong (a certificate that only the server's own settings name) is left to the server.

    Raises:
        ConfigError: its address is none.
        ServiceError: it does not answer, refuses the password, or has no such database.
    """
    url = _url()
    if url is None:
        return
    where = f"PostgreSQL at {url.host or 'localhost'}:{url.port or 5432}"
    try:
        asyncio.run(_connect(url))
    except OSError as error:  # a time-out is one
        raise ServiceError(
            f"it does not answer ({error.strerror or 'no answer in time'})",
            where=where,
            todo=f"See that it runs and lets this machine in, or mend {VARIABLE}",
        ) from None
    except DBAPIError as error:
        said = error.orig.__cause__ if error.orig else None
        if isinstance(said, InvalidPasswordError):
            raise ServiceError("it refuses user and password", where=where, todo=f"Mend {VARIABLE}") from None
        if isinstance(said, InvalidCatalogNameError):
            todo = "Make it once with `createdb`, or mend " + VARIABLE
            raise ServiceError(f"it has no database `{url.database}`", where=where, todo=todo) from None


def _url() -> URL | None:
    if not any(name.startswith(DATABASE) for name in os.environ):
        return None
    secret = get_current_settings().server.database.connection_url
    text = secret.get_secret_value() if secret else ""
    if not text or text.startswith("sqlite"):
        return None
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    # An unquoted @ in a password would make a part of it the host.
    if url is None or url.drivername != "postgresql+asyncpg" or "@" in (url.host or ""):
        todo = f"Write {_FORM}, with what is no letter or digit in the password as %XX"
        raise ConfigError("the address of the database cannot be used", where=VARIABLE, todo=todo) from None
    return url


async def _connect(url: URL) -> None:
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": _PATIENCE})
    async with engine.connect():
        pass
