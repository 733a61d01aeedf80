"""A new book from a template."""

from __future__ import annotations

import difflib
from pathlib import Path

from crmsheet.app.request import Request
from crmsheet.app.schemas import load_schema
from crmsheet.app.settings import DEFAULT, FILE, Resolved, resolve
from crmsheet.core.errors import BookTaken, SuffixWrong, TemplateUnknown, UsageError
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome, Section
from crmsheet.disk.durable import create
from crmsheet.resources import shipped, speech
from crmsheet.template.blueprint import Blueprint
from crmsheet.template.loading import load_template, names

SUFFIX = ".xlsx"
MOST_ROWS = 100_000
_HOME = {"zh": "CNY", "en": "USD"}
"""The currency of a dashboard where no setting names one."""

_ROWS = N_("{rows:,} rows cannot be prepared, only 1 to {most:,}; a table grows by itself when you write below it")
_MADE = N_("Made from the template {template}: {sheets:,} sheets, {rows:,} prepared rows in each table.")
_BEGIN = N_("Open {book} and begin with the sheet {guide}; then try: crmsheet nightly {command}")
_REGION = N_(
    "Phone numbers without a country code are read as numbers of {region}, and amounts without a currency as "
    "{currency}. "
    'For another country write such lines into {file}: region = "US" and currency = "USD".'
)
_SHEETS, _SHEET, _FOR, _COLUMNS = N_("Sheets"), N_("Sheet"), N_("What for"), N_("Columns")


def new(request: Request, template: str, rows: int) -> Outcome:
    """Makes the workbook of a request from a template, with prepared rows, and says what is in it.

    Raises:
        SuffixWrong: the name does not end in .xlsx.
        BookTaken: something has that name already.
        TemplateUnknown: there is no such template.
        UsageError: more or fewer rows than can be prepared.
        SchemaError: the template or the schema is wrong.
        WriteFailed: the folder or the disk does not take the file.
    """
    path = request.book or Path()
    _refuse_name(path)
    if not 1 <= rows <= MOST_ROWS:
        raise UsageError(problem=Message(_ROWS, {"rows": rows, "most": MOST_ROWS}))
    resolved = resolve(path, request.lang)
    lang = resolved.settings.lang
    request.tell(Message(N_("making {book}"), {"book": path.name}))
    blueprint = load_template(shipped("templates"), _known(template), load_schema(path))
    # The library that writes workbooks takes a third of a second to load: not before it is sure that one is written.
    from crmsheet.template.guide import TITLE
    from crmsheet.template.writing import Order, make_workbook

    currency = _HOME[lang] if resolved.sources["currency"] == DEFAULT else resolved.settings.currency
    content, sheets = make_workbook(blueprint, Order(path.name, speech(lang), request.today, currency, rows))
    try:
        create(path, content)
    except FileExistsError as error:
        raise _taken(path) from error
    made = Message(_MADE, {"template": blueprint.name, "sheets": len(sheets), "rows": rows})
    command = f'"{path}"' if " " in str(path) else str(path)
    begin = Message(_BEGIN, {"book": path.name, "guide": TITLE, "command": command})
    return Outcome(
        "new",
        str(path),
        today=request.today.isoformat(),
        counts={"sheets": len(sheets), "rows": rows},
        notes=(made, begin, *_region(resolved, path)),
        sections=(_contents(blueprint),),
        sheets={name: plan.table.labels[lang] for name, plan in blueprint.sheets.items()},
    )


def _refuse_name(path: Path) -> None:
    """Refuses a name that is taken, or that is not one of a workbook.

    Raises:
        SuffixWrong, BookTaken: as `new`.
    """
    if path.suffix.lower() != SUFFIX:
        known = path.suffix.lower() in {".xls", ".xlsm", ".xlsb", ".csv", ".tsv", ".ods", ".et"}
        raise SuffixWrong(path=str(path), other=str(path.with_suffix(SUFFIX)) if known else f"{path}{SUFFIX}")
    if path.exists() or path.is_symlink():
        raise _taken(path)


def _taken(path: Path) -> BookTaken:
    number = 2
    while (other := path.with_stem(f"{path.stem}-{number}")).exists():
        number += 1
    return BookTaken(path=str(path), other=str(other))


def _known(template: str) -> str:
    known = names(shipped("templates"))
    if template not in known:
        near = difflib.get_close_matches(template, known, n=1, cutoff=0.0)
        raise TemplateUnknown(name=template, near=near[0], known=", ".join(known))
    return template


def _region(resolved: Resolved, path: Path) -> tuple[Text, ...]:
    """What is assumed of an English book: its language does not tell its country, and a wrong one spoils phones."""
    settings = resolved.settings
    if settings.lang == "zh" or resolved.sources["region"] != DEFAULT:
        return ()
    file = path.parent / FILE
    return (Message(_REGION, {"region": settings.region, "currency": settings.currency, "file": str(file)}),)


def _contents(blueprint: Blueprint) -> Section:
    rows = tuple((plan.table.labels, plan.about, len(plan.fields)) for plan in blueprint.sheets.values())
    return Section(Message(_SHEETS), (Message(_SHEET), Message(_FOR), Message(_COLUMNS)), rows)
