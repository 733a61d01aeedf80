"""The shipped templates, read once, and the books that are made of them."""

from __future__ import annotations

import functools
import io

import openpyxl
from openpyxl import Workbook

from crmsheet.core.schema import Schema
from crmsheet.resources import LANGUAGES, shipped, speech
from crmsheet.schema.loading import load
from crmsheet.template.blueprint import Blueprint
from crmsheet.template.loading import load_template, names
from crmsheet.template.places import Places
from crmsheet.template.writing import Order, make_workbook
from tests.unit.template.filled import TODAY

NAMES = names(shipped("templates"))
BOOKS = tuple((name, lang) for name in NAMES for lang in LANGUAGES)
_BOTH = ("minimal", "sales", "full")
SOME_BOOKS = tuple(
    (name, lang) for at, name in enumerate(NAMES) for lang in LANGUAGES if name in _BOTH or lang == LANGUAGES[at % 2]
)
"""For tests that take seconds a book: every template, by turns in one language, and the chief ones in both."""


@functools.cache
def schema() -> Schema:
    return load(shipped("schemas"))


@functools.cache
def blueprint(name: str) -> Blueprint:
    return load_template(shipped("templates"), name, schema())


def places(name: str, lang: str) -> Places:
    return Places(blueprint(name), lang)


def content(name: str, lang: str, rows: int = 200) -> bytes:
    order = Order("book.xlsx", speech(lang), TODAY, {"zh": "CNY", "en": "USD"}[lang], rows)
    return make_workbook(blueprint(name), order)[0]


@functools.cache
def kept(name: str, lang: str) -> bytes:
    return content(name, lang)


def opened(book: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(book))


@functools.cache
def shelved(name: str, lang: str) -> Workbook:
    """The kept book opened once: nobody writes into it."""
    return opened(kept(name, lang))
