"""Names of months, as releases write them in the languages of `parsers.language`."""

from __future__ import annotations

# Of each language January to December; `|` parts other spellings and short forms. Capitals tell the month
# May from a verb, so what a language writes with a capital is known with one alone, and in capitals throughout.
_ENGLISH = (
    "January|Jan February|Feb March|Mar April|Apr May June|Jun July|Jul August|Aug September|Sept|Sep October|Oct "
    "November|Nov December|Dec"
)
_GERMAN = "Januar|Jänner Februar März April Mai Juni Juli August September Oktober November Dezember"
_SMALL = (
    "janvier|janv février|févr|fevrier mars avril mai juin juillet août|aout septembre octobre novembre "
    "décembre|decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre|setiembre octubre noviembre diciembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
)
_ARABIC = (
    "يناير فبراير مارس أبريل|ابريل مايو يونيو يوليو أغسطس|اغسطس سبتمبر أكتوبر|اكتوبر نوفمبر ديسمبر",
    "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
)


def _numbered(*languages: str) -> dict[str, int]:
    return {
        form: number
        for language in languages
        for number, forms in enumerate(language.split(), start=1)
        for form in forms.replace("_", " ").split("|")
    }


def _written(names: dict[str, int]) -> dict[str, int]:
    return names | {form.upper(): number for form, number in names.items()}


ENGLISH = _numbered(_ENGLISH)
"""Name -> number, as English writes it."""
SMALL = frozenset(_numbered(*_SMALL))
"""Names in languages that have capitals and write months without one."""
_ANY_CASE = _numbered(*_SMALL, *_ARABIC)
MONTHS = (
    _written(ENGLISH)
    | _written(_numbered(_GERMAN))
    | _written(_ANY_CASE)
    | {form.capitalize(): number for form, number in _ANY_CASE.items()}
)
"""Name -> number in every language, in each way in which it is capitalised."""
LONGEST = max(map(len, MONTHS))
