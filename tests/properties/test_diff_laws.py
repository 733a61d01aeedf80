"""Laws of the difference between two states of a book, through the bytes of workbooks and CSV files."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crmsheet.app.states import comparable
from crmsheet.book.patching import patch
from crmsheet.change.by_column import dump_columns
from crmsheet.change.comparing import diff
from crmsheet.change.inverting import invert
from crmsheet.change.planning import plan
from crmsheet.core.changes import ChangeSet
from tests.oracle.twin_merge import differences, keyed_rows
from tests.properties.drawn_books import KINDS, books, keyed, keyless, loose, shuffled
from tests.small_books import (
    EMPTY,
    XLSX,
    applied,
    content,
    headers_of,
    plain,
    said,
    schema_read_once,
    state,
    state_at,
)

EXAMPLES = settings(max_examples=40)
ANY = st.one_of(keyed(), loose(), keyless())


@pytest.fixture(scope="module", autouse=True)
def _quick():
    with schema_read_once():
        yield


def pair(kind, old, new):
    """Two states that are compared by the same keys."""
    return comparable((state(kind, old), state(kind, new)))


@EXAMPLES
@given(KINDS, books(ANY), books(ANY))
def test_applying_the_difference_gives_the_other(kind, old, new):
    before, after = pair(kind, old, new)
    changed, made = applied(before, diff(before.book, after.book))
    assert made.conflicts == ()
    assert made.left_out == ()
    changed = changed_like(changed, after)
    assert content(changed) == content(after)
    assert headers_of(changed) == headers_of(after)
    assert len(diff(*(each.book for each in comparable((changed, after))))) == 0
    back, undone = applied(changed, invert(made.applied))
    assert undone.conflicts == ()
    back = changed_like(back, before)
    assert content(back) == content(before)
    assert headers_of(back) == headers_of(before)


def changed_like(changed, other):
    """A state that was read again, with the tables and keys that its twin has."""
    return comparable((changed, other))[0]


@EXAMPLES
@given(KINDS, books(ANY))
def test_a_book_does_not_differ_from_itself(kind, sheets):
    one, other = pair(kind, sheets, sheets)
    assert len(diff(one.book, other.book)) == 0


@EXAMPLES
@given(KINDS, books(ANY), st.data())
def test_sorted_rows_and_moved_columns_are_no_change(kind, sheets, data):
    one, other = pair(kind, sheets, {name: shuffled(data.draw, rows) for name, rows in sheets.items()})
    assert list(diff(one.book, other.book)) == []


@EXAMPLES
@given(KINDS, books(keyed()), books(keyed()), st.data())
def test_the_difference_is_what_a_slow_comparison_finds(kind, old, new, data):
    before, after = pair(kind, old, new)
    made = diff(before.book, after.book)
    assert before.book.tables["customers"].key
    for name, table in before.book.tables.items():
        assert not table.key or said_by_cell(made, name) == differences(
            keyed_rows(before.book.tables[name]), keyed_rows(after.book.tables[name])
        )
    moved = {name: shuffled(data.draw, rows) for name, rows in new.items()}
    again = diff(*(each.book for each in pair(kind, old, moved)))
    # Where a header was renamed in its place, the place is part of what tells that it is the same column.
    assume(not any(each.kind == "column" and each.before and each.after for each in (*made, *again)))
    assert said(again) == said(made), "places change no meaning"


def said_by_cell(made, name):
    """Changes of a table as key -> field -> (before, after), both in their plain form; a record cell by cell."""
    found = {}
    for each in made:
        if each.table == name and each.kind != "column":
            found.setdefault(each.key, {}).update(cells_of(each))
    return found


def cells_of(change):
    if change.kind == "set":
        return {change.field: (plain(change.before), plain(change.after))}
    before, after = change.before or {}, change.after or {}
    return {
        name: (plain(before.get(name)), plain(after.get(name)))
        for name in {**before, **after}
        if plain(before.get(name)) != EMPTY or plain(after.get(name)) != EMPTY
    }


@EXAMPLES
@given(KINDS, books(ANY), books(ANY))
def test_the_same_two_books_differ_in_the_same_way_each_time(kind, old, new):
    first, second = (
        dump_columns(ChangeSet("", "test", diff(*(each.book for each in pair(kind, old, new))))) for _ in range(2)
    )
    assert first == second


@EXAMPLES
@given(KINDS, books(keyed(extra=())), books(keyed(extra=())), st.data())
def test_a_difference_goes_onto_a_newer_book_by_key(kind, old, new, data):
    """Turned round it takes the other book back, whose rows and columns stand elsewhere."""
    before, after, moved = comparable(
        [
            state(kind, old),
            state(kind, new),
            state(kind, {name: shuffled(data.draw, rows) for name, rows in new.items()}),
        ]
    )
    cells = invert(diff(before.book, after.book))
    known = cells.where([bool(before.book.tables[each].key) for each in cells.column("table")])
    planned = plan(moved.book, ChangeSet("an older state", "test", known))
    assert planned.conflicts == ()
    done = patch(moved.opened, planned.edits)
    back = changed_like(state_at(moved.opened.source.path, {**moved.opened.files, **done.files}), before)
    for name in {*known.column("table")}:
        assert content(back)[name] == content(before)[name]


@settings(max_examples=30)
@given(st.data(), keyless(), st.integers(0, 9))
def test_one_edit_in_a_sheet_without_keys_is_one_change(data, rows, at):
    header, *records = rows
    records = [[*row, f"行{number}"] for number, row in enumerate(records)]
    edited = [list(row) for row in records]
    edited[at % len(edited)][header.index("职业")] = "改了"
    before, after = pair(XLSX, {"客户": [[*header, "来源"], *records]}, {"客户": [[*header, "来源"], *edited]})
    (change,) = diff(before.book, after.book)
    assert (change.kind, change.field, change.after) == ("set", "occupation", "改了")
    grown = [*records[: at % len(records)], ["新公司" if name == "客户名称" else None for name in [*header, "来源"]]]
    grown += records[at % len(records) :]
    before, after = pair(XLSX, {"客户": [[*header, "来源"], *records]}, {"客户": [[*header, "来源"], *grown]})
    (change,) = diff(before.book, after.book)
    assert (change.kind, change.after) == ("add", {"name": "新公司"})
