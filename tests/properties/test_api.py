"""Laws of frames: an unedited one is no change, one edit is one change, and what was written is what is read."""

from __future__ import annotations

import datetime as dt
import functools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmsheet
from crmsheet.app import schemas
from crmsheet.sample import EXAMPLE_DAY, make_book

KINDS = {"xlsx": {"layout": "one_sheet"}, "csv": {}, "en": {"lang": "en"}}
VALUES: dict[str, st.SearchStrategy[object]] = {
    "name": st.sampled_from(["新名有限公司", "Acme Ltd", "王芳"]),
    "mobile": st.integers(10**7, 10**8 - 1).map(lambda number: f"+86139{number}"),
    "notes": st.text("abc客户，.", min_size=3, max_size=20).map(lambda text: f"x{text}x"),
    "next_contact_at": st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)).map(pd.Timestamp),
}
"""Values that are canonical as they stand."""
EDITS = st.one_of(*(st.tuples(st.just(field), values) for field, values in VALUES.items()))


@pytest.fixture(scope="module", autouse=True)
def _schema_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(schemas, "load", functools.cache(schemas.load))
        yield


@pytest.fixture(scope="module", params=KINDS)
def book(request, tmp_path_factory) -> crmsheet.CustomerBook:
    """A messy book of each kind; nobody writes here."""
    folder = tmp_path_factory.mktemp("books")
    path = folder / ("book" if request.param == "csv" else "book.xlsx")
    make_book(path, customers=25, today=EXAMPLE_DAY, seed=5, mess=2, **KINDS[request.param])
    return crmsheet.open(path, today=EXAMPLE_DAY, lang="en")


@pytest.mark.parametrize("labels", ["", "zh", "en"])
def test_an_unedited_frame_is_no_change(book, labels):
    for table in book.tables.index:
        assert len(book.changes_from(book.frame(table, labels=labels), table).changes) == 0
        assert len(book.changes_from(book.frame(table, raw=True), table, raw=True).changes) == 0


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_a_shuffled_part_is_no_change(book, data):
    frame = book.frame()
    rows = data.draw(st.lists(st.sampled_from(frame.index.tolist()), unique=True, min_size=1))
    columns = data.draw(st.lists(st.sampled_from(list(frame)), unique=True, min_size=1))
    assert len(book.changes_from(frame.loc[rows, columns]).changes) == 0


@given(EDITS, st.integers(0, 10**6))
@settings(deadline=None, max_examples=12)
def test_one_edit_is_one_change_that_can_be_written_read_and_taken_back(book, edit, place):
    frame = book.frame()
    (field, value), row = edit, frame.index[place % len(frame)]
    frame.loc[row, field] = value
    with tempfile.TemporaryDirectory() as folder:
        path = copied(book.path, Path(folder))
        before = content(path)
        own = crmsheet.open(path, today=EXAMPLE_DAY, lang="en")
        result = own.changes_from(frame)
        if value == book.frame().at[row, field]:
            assert len(result.changes) == 0
            return
        assert result.changes[["kind", "row", "field"]].to_numpy().tolist() == [["set", row, field]]
        own.apply(result)
        again = own.reopen()
        pd.testing.assert_frame_equal(again.frame()[list(frame)], frame)
        again.undo()
        assert content(path) == before


def copied(path: Path, folder: Path) -> Path:
    """The book in a folder of its own, without its history."""
    if path.is_dir():
        return Path(shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns(".crmsheet")))
    return Path(shutil.copyfile(path, folder / path.name))


def content(path: Path) -> dict[str, bytes]:
    """The bytes of a book."""
    return {each.name: each.read_bytes() for each in path.glob("*.csv")} if path.is_dir() else {"": path.read_bytes()}
