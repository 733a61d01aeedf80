"""A blueprint to the bytes of a workbook."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass

from openpyxl import Workbook

from crmsheet.core.messages import Speech
from crmsheet.core.saved import settled
from crmsheet.template.blueprint import Blueprint
from crmsheet.template.choices import choices_of, write_choices
from crmsheet.template.dashboard import TITLE as DASHBOARD_TITLE
from crmsheet.template.dashboard import write_dashboard
from crmsheet.template.guide import write_guide
from crmsheet.template.places import Places
from crmsheet.template.sheets import write_sheet


@dataclass(frozen=True, slots=True)
class Order:
    """How a book is wanted: the name of its file, its language, its day, its currency, prepared rows per table."""

    book: str
    speech: Speech
    today: dt.date
    currency: str
    rows: int


def make_workbook(blueprint: Blueprint, order: Order) -> tuple[bytes, tuple[str, ...]]:
    """The workbook and the names of its sheets; the same blueprint and order give the same bytes."""
    speech = order.speech
    places = Places(blueprint, speech.lang)
    choices = choices_of(places, speech)
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    write_guide(workbook, blueprint, places, speech, order.book)
    cached = write_dashboard(workbook, blueprint, places, speech, order.today, order.currency)
    for plan in blueprint.sheets.values():
        write_sheet(workbook, plan, places, choices, speech, order.rows)
    write_choices(workbook, choices, places, speech)
    workbook.properties.creator = "crmsheet"
    workbook.properties.title = speech.say(blueprint.labels)
    workbook.calculation.fullCalcOnLoad = True
    page = io.BytesIO()
    workbook.save(page)
    names = tuple(workbook.sheetnames)
    return settled(page.getvalue(), {DASHBOARD_TITLE[speech.lang]: cached}, order.today), names
