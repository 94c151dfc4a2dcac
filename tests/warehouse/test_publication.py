"""Publication: readers never wait, see one picture, and keep it as long as they hold it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import duckdb
import pytest
from homes import NOW, SAMPLES, ingest_into, line, mission_page, rows, write_lines

import warehouse
from parsers.errors import HomeLocked, HomeTooNew, QueryError
from warehouse.home import FILE, PUBLISHED
from warehouse.lock import writer_lock
from warehouse.publish import state_of
from warehouse.scripts import migrations, publication_sql
from warehouse.store import Store


def one(folder: Path, number: int) -> Path:
    look = line(mission_page(body=f"Number {number}."), url=f"http://aa.china-embassy.org/{number}")
    return write_lines(folder / f"{number}.jsonl", [look])


@pytest.mark.acceptance
def test_a_reader_keeps_its_picture_over_twenty_publications(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, one(tmp_path, 0))
    with warehouse.connect(home) as held:
        for number in range(1, 21):
            ingest_into(home, one(tmp_path, number))
            assert held.execute("SELECT count(*) FROM releases").fetchall() == [(1,)]
            assert held.execute("SELECT count(*) FROM versions").fetchall() == [(1,)]
    assert rows(home, "SELECT count(*) FROM releases") == [(21,)]
    assert sorted(path.name for path in home.iterdir()) == ["archive", PUBLISHED, FILE, "writer.lock"]


@pytest.mark.acceptance
def test_nothing_new_publishes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, SAMPLES)
    before = (home / PUBLISHED).stat().st_ino
    ingest_into(home, SAMPLES)
    assert (home / PUBLISHED).stat().st_ino == before
    ingest_into(home, one(tmp_path, 1))
    assert (home / PUBLISHED).stat().st_ino != before


def test_an_upgrade_that_brings_a_view_publishes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    ingest_into(home, one(tmp_path, 1))

    def newer(name: str) -> str:
        more = "CREATE VIEW days AS SELECT dated_on FROM releases;" if name == "questions.sql" else ""
        return publication_sql(name) + more

    for module in ("warehouse.publish", "warehouse.scripts"):
        monkeypatch.setattr(f"{module}.publication_sql", newer)
    ingest_into(home, one(tmp_path, 1))
    assert rows(home, "FROM days") == [(None,)]


@pytest.mark.parametrize("script", ["between.sql", "candidates.sql", "tables.sql"])
def test_an_upgrade_that_computes_otherwise_publishes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    store = Store(tmp_path, NOW)
    before = state_of(store, "1")
    monkeypatch.setattr(
        "warehouse.scripts.publication_sql",
        lambda name: publication_sql(name) + ("-- otherwise" if name == script else ""),
    )
    assert state_of(store, "1") != before
    store.close()


def test_every_table_column_and_view_says_what_it_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, one(tmp_path, 1))
    for connection in (warehouse.connect(home), duckdb.connect(str(home / FILE), read_only=True)):
        with connection:
            silent = connection.execute("""
                SELECT table_name FROM duckdb_tables() WHERE comment IS NULL AND table_name != 'schema_migrations'
                UNION ALL SELECT view_name FROM duckdb_views() WHERE comment IS NULL AND NOT internal
                UNION ALL SELECT table_name || '.' || column_name FROM duckdb_columns()
                    WHERE comment IS NULL AND NOT internal AND table_name != 'schema_migrations'
            """).fetchall()
            assert silent == []


def test_the_published_file_is_read_only_and_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="communique ingest"):
        warehouse.connect(tmp_path / "nowhere")
    ingest_into(tmp_path / "home", one(tmp_path, 1))
    with pytest.raises(QueryError, match="read-only"):
        warehouse.ask(tmp_path / "home", "DELETE FROM releases")
    with pytest.raises(QueryError, match="SHOW TABLES"):
        warehouse.ask(tmp_path / "home", "SELECT nonsense FROM releases")


def test_a_second_writer_waits_or_says_who_writes(tmp_path: Path) -> None:
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with writer_lock(tmp_path, 1, NOW):
            inside.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait(10)
    with pytest.raises(HomeLocked, match=str(os.getpid())), writer_lock(tmp_path, 0.2, NOW):
        pass
    threading.Timer(0.3, leave.set).start()
    with writer_lock(tmp_path, 10, NOW):
        assert leave.is_set(), "it waited"
    holder.join()


def test_migrations_are_applied_once_and_an_interrupted_one_again(tmp_path: Path) -> None:
    Store(tmp_path, NOW).close()
    store = Store(tmp_path, NOW)
    assert store.rows("SELECT number FROM schema_migrations") == [(number,) for number, _, _ in migrations()]

    def interrupted() -> None:
        with store.transaction():
            store.connection.execute("CREATE TABLE half (x INTEGER)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert store.rows("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'") == [(0,)]
    store.close()


def test_a_home_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path, NOW)
    store.connection.execute("INSERT INTO schema_migrations VALUES (9999, 'from the future', ?)", [NOW])
    store.close()
    with pytest.raises(HomeTooNew, match="9999"):
        Store(tmp_path, NOW)


def test_both_files_are_in_the_storage_version_that_duckdb_1_5_reads(tmp_path: Path) -> None:
    ingest_into(tmp_path, one(tmp_path, 1))
    for name in (FILE, PUBLISHED):
        with duckdb.connect() as connection:
            connection.execute(f"ATTACH '{tmp_path / name}' AS file (READ_ONLY)")
            ((tags,),) = connection.execute(
                "SELECT tags FROM duckdb_databases() WHERE database_name = 'file'"
            ).fetchall()
            assert "v1.5" in tags["storage_version"], tags


@pytest.mark.acceptance
def test_a_long_run_publishes_in_between_and_the_next_has_nothing_to_publish(tmp_path: Path) -> None:
    looks = [line(mission_page(body=f"Number {n}."), url=f"http://cc.china-embassy.org/{n}") for n in range(6)]
    path = write_lines(tmp_path / "a.jsonl", looks)
    ingest_into(tmp_path / "home", path, batch_size=2, publish_every=0)
    store = Store(tmp_path / "home", NOW)
    assert store.rows("SELECT count(*), count(DISTINCT published_at) FROM publications") == [(3, 1)]
    store.close()
    before = (tmp_path / "home" / PUBLISHED).stat().st_ino
    ingest_into(tmp_path / "home", path)
    assert (tmp_path / "home" / PUBLISHED).stat().st_ino == before
