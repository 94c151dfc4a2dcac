"""What is said of the files: a Frictionless data package, and how to cite it (CFF)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from flows.exporting.checks import PROMISED
from flows.exporting.tables import Column, Format, Table, Written

PACKAGE, CITATION = "datapackage.json", "CITATION.cff"
LICENCE = (
    "The texts belong to their issuers, and so does the question of a licence: this package grants none, "
    "ask the issuer that each release names"
)
_FORMAT: dict[Format, str] = {
    "parquet": "Parquet: times in UTC, lists as lists",
    "csv": (
        "CSV in UTF-8, RFC 4180: times in UTC (ISO 8601), lists as JSON, NULL an empty cell and an empty text a quoted "
        "one. Spreadsheet formulas are neutralised: a cell of a text column that begins with =, +, -, @, a tab or a "
        "carriage return has an apostrophe before it that is not part of the text"
    ),
    "jsonl": "JSON, one object a line, in UTF-8: times in UTC (ISO 8601), lists as lists, NULL as null",
}
_MEDIA = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv", "jsonl": "application/jsonl"}
_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "datetime",
    "VARCHAR[]": "array",
}
# Where an empty text is no absent one; an empty cell of a CSV file cannot tell them apart.
_MAY_BE_EMPTY = ("title", "body", "text", "words")


@dataclass(frozen=True, slots=True)
class Publication:
    """Which publication the files were written from.

    Attributes:
        sha256: of the published file.
    """

    published_at: datetime
    schema_version: int
    communique_version: str
    landing: int
    releases: int
    versions: int
    captures: int
    quarantined: int
    sha256: str

    @property
    def stamp(self) -> str:
        """Its time, UTC."""
        return f"{self.published_at:%Y-%m-%dT%H:%M:%S.%fZ}"


def write_package(
    folder: Path, publication: Publication, files: Sequence[Written], form: Format, day: date | None
) -> None:
    """Write `datapackage.json` and `CITATION.cff` beside the files; no word of them is of today."""
    said = _package(publication, files, form, day)
    (folder / PACKAGE).write_bytes(orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    (folder / CITATION).write_text(_citation(publication, day), "utf-8")


def _title(day: date | None) -> str:
    return f"Official releases of foreign ministries{f', as observed by the end of {day} (UTC)' if day else ''}"


def _package(publication: Publication, files: Sequence[Written], form: Format, day: date | None) -> dict[str, Any]:
    names = ("published_at", "schema_version", "communique_version", "landing", "releases", "versions", "captures")
    facts = {name: getattr(publication, name) for name in (*names, "quarantined", "sha256")}
    return {
        "name": "communique-export",
        "title": _title(day),
        "description": f"From the publication of {publication.stamp} of communique. {_FORMAT[form]}. {LICENCE}.",
        "version": publication.stamp,
        "created": publication.stamp,
        "resources": [_resource(each, form) for each in files],
        "communique": {
            "publication": {**facts, "published_at": publication.stamp},
            "format": form,
            "as_of": day.isoformat() if day else None,
        },
    }


def _resource(file: Written, form: Format) -> dict[str, Any]:
    return {
        "name": file.table.name,
        "type": "table",
        "path": file.path,
        "format": form,
        "mediatype": _MEDIA[form],
        **({} if form == "parquet" else {"encoding": "utf-8"}),
        "description": file.table.comment,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "rows": file.rows,
        "schema": {
            "fields": [_field(file.table, column, form) for column in file.table.columns],
            "missingValues": [""] if form == "csv" else [],
        },
    }


def _field(table: Table, column: Column, form: Format) -> dict[str, Any]:
    promised = column.name in PROMISED.get(table.name, ())
    required = promised and (form != "csv" or column.name not in _MAY_BE_EMPTY)
    return {
        "name": column.name,
        "type": _TYPES.get(column.type, "any"),
        "description": column.comment,
        **({"constraints": {"required": True}} if required else {}),
    }


def _citation(publication: Publication, day: date | None) -> str:
    """CFF 1.2 is YAML, and a JSON string is one of YAML."""
    words = {
        "title": _title(day),
        "version": publication.stamp,
        "hash": f"sha256:{publication.sha256}",
        "software": publication.communique_version,
        "licence": LICENCE,
    }
    said = {name: orjson.dumps(value).decode() for name, value in words.items()}
    return f"""cff-version: 1.2.0
message: "If you use these data, please cite them as below, and each release with its issuer."
type: dataset
title: {said["title"]}
abstract: {said["licence"]}
authors:
  - name: "The contributors of communique"
version: {said["version"]}
date-released: "{publication.published_at:%Y-%m-%d}"
identifiers:
  - type: other
    value: {said["hash"]}
    description: "SHA-256 of the published file that they were written from"
references:
  - type: software
    title: "communique"
    version: {said["software"]}
    license: "Apache-2.0"
    authors:
      - name: "The contributors of communique"
"""
