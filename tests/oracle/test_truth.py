"""Cleaning and matching of a made-up book against what is known about it; benchmarks/accuracy.py has large ones."""

from __future__ import annotations

import datetime as dt
import itertools

import pandas as pd
import pytest

from crmsheet.app.bench import bench
from crmsheet.app.opening import load_book
from crmsheet.app.request import Request
from crmsheet.sample import make_book

TODAY = dt.date(2026, 11, 23)
SETTINGS = {"zh": 'region = "CN"\ncurrency = "CNY"\n', "en": 'region = "US"\ncurrency = "USD"\n'}


@pytest.fixture(scope="module", params=["zh", "en"])
def opened(request, tmp_path_factory):
    """The truth about a book, and the book as a command opens it."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "crmsheet.toml").write_text(SETTINGS[request.param], encoding="utf-8")
    path = folder / "book.xlsx"
    truth = make_book(path, customers=300, today=TODAY, seed=104, lang=request.param, mess=1.5)
    return truth, load_book(Request(dt.datetime.combine(TODAY, dt.time()), TODAY, path))


def fixes(loaded):
    return {(each.table, each.row, each.field): each.fix.after for each in loaded.findings if each.fix}


def test_what_nobody_can_know_is_never_changed(opened):
    truth, loaded = opened
    lost = {(each.table, each.row, each.field) for each in truth.planted if not each.recoverable and each.field}
    assert len(lost) > 50
    assert not lost & fixes(loaded).keys()


def test_what_was_not_spoilt_is_not_fixed(opened):
    truth, loaded = opened
    cells = {(each.table, each.row, each.field) for each in truth.planted}
    rows = {(each.table, each.row) for each in truth.planted if not each.field}
    found = fixes(loaded)
    assert len(found) > 100
    assert [place for place in found if place not in cells and place[:2] not in rows] == []


def test_spoilt_phones_and_dates_read_as_the_originals(opened):
    truth, loaded = opened
    wrong, seen = [], 0
    for each in truth.planted:
        table = loaded.book.tables[each.table]
        kind = loaded.schema.tables[each.table][each.field].kind if each.field else ""
        if not each.recoverable or kind not in {"phone", "email", "date", "datetime"} or each.kind == "phone-lost-zero":
            continue
        seen += 1
        value = table.values.at[each.row, each.field]
        read = None if pd.isna(value) else value
        original = pd.Timestamp(each.value) if isinstance(each.value, dt.date) else each.value
        if read != original:
            wrong.append((each, read))
    assert seen > 50
    assert wrong == []


def test_sure_duplicates_are_duplicates(opened):
    truth, loaded = opened
    with bench(loaded) as table:
        matches = table.duplicates()
    assert matches is not None
    wanted = {pair for group in truth.duplicates for pair in itertools.combinations(sorted(group), 2)}
    sure = {pair for group in matches.entities() for pair in itertools.combinations(group, 2)}
    assert sure <= wanted
    assert len(sure) >= 0.8 * len(wanted)
    shown = {(left, right) for left, right in matches.pairs[["left_row", "right_row"]].itertuples(index=False)}
    assert len(shown & wanted) >= 0.95 * len(wanted)
