"""The gallery of analysts' questions: lists them, and asks one of the published tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from flows.output import as_csv as csv_of
from flows.output import as_json as json_of
from flows.output import print_table
from flows.settings import settings
from parsers.errors import ConfigError
from seeds.gallery import Gallery, GalleryError, NotYet, Question, read_gallery
from warehouse.read import Answer, ask

WIDTH = 100
LIST = "`communique ask` lists all"


def list_questions(*, as_json: bool, as_csv: bool) -> None:
    """Print all questions, and of those that have to wait what is missing."""
    questions = _gallery().all()
    rows = [(each.number, each.question, each.missing if isinstance(each, NotYet) else "") for each in questions]
    if as_json or as_csv:
        _print(Answer(("number", "question", "missing"), [*rows]), as_json=as_json, as_csv=as_csv)
        return
    print_table(
        ("N", "question", ""),
        [(number, question, missing and f"not yet: {missing}") for number, question, missing in rows],
    )
    click.echo("\n`communique ask N` answers one and says what it counts.")


def print_sql(number: int) -> None:
    """Print the query of a question, its head included."""
    click.echo(_question(number).sql, nl=False)


def answer_question(
    number: int, parameters: Mapping[str, str], *, as_json: bool, as_csv: bool, home: Path | None
) -> None:
    """Print the question, what its query counts, and the answer; to programs the answer alone."""
    question = _question(number)
    for name in parameters:
        if name not in question.parameters:
            takes = ", ".join(f"`--{each}`" for each in question.parameters) or "no option of its own"
            raise click.UsageError(f"Question {number} does not take `--{name}`; it takes {takes}.")
    found = ask(settings({"home": home}).home, question.sql, variables=parameters)
    if as_json or as_csv:
        _print(found, as_json=as_json, as_csv=as_csv)
        return
    click.echo(f"{number}. {question.question}\n\n{click.wrap_text(question.counts, WIDTH)}\n")
    print_table(found.columns, found.rows)
    if not found.rows:
        click.echo("(no row)")


def _print(answer: Answer, *, as_json: bool, as_csv: bool) -> None:
    click.echo(json_of(answer) if as_json else csv_of(answer), nl=not as_csv)


def _question(number: int) -> Question:
    gallery = _gallery()
    if number in gallery.waiting:
        raise click.UsageError(
            f"Question {number} has no answer yet; missing: {gallery.waiting[number].missing}. {LIST}."
        )
    if number not in gallery.answered:
        raise click.UsageError(f"There is no question {number}. {LIST}.")
    return gallery.answered[number]


def _gallery() -> Gallery:
    try:
        return read_gallery()
    except GalleryError as error:
        raise ConfigError(str(error), where="seeds/questions", todo="Mend the file") from error
