"""Laws of change sets: diff and plan, plan and invert, dump and load, place and key."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.change.by_column import dump_columns
from crmsheet.change.comparing import diff
from crmsheet.change.inverting import invert
from crmsheet.change.planning import plan
from crmsheet.change.proposal import dump, load
from crmsheet.core.cells import CellError, same_cell
from crmsheet.core.changes import Change, Changes, ChangeSet
from tests.unit.change.made import book, patched, records, table

KEYS = [f"K{n}" for n in range(6)]
cells = st.one_of(
    st.none(),
    st.text(max_size=3),
    st.integers(-5, 5),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)),
    st.just(CellError("#N/A")),
)
extra = st.lists(st.sampled_from(["record_status", "merged_into", "颜色", "备注二"]), unique=True, max_size=3)


@st.composite
def tables(draw):
    """A table with keys, some of them missing or doubled, and a few more columns, bound or not."""
    keys = draw(st.lists(st.sampled_from([*KEYS, *KEYS, None, "K0"]), max_size=7))
    fields = ["customer_id", "name", *draw(extra)]
    rows = [{"customer_id": key, **{name: draw(cells) for name in fields[1:]}} for key in keys]
    return table(rows, draw(st.permutations(fields)))


@st.composite
def keyed_tables(draw):
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=1))
    return table([{"customer_id": key, "name": draw(cells), "mobile": draw(cells)} for key in keys])


def same_records(left, right):
    """Whether two tables hold the same records, in whatever order and columns."""
    ours, theirs = records(left), records(right)
    for record in ours:
        twin = next((each for each in theirs if same_record(record, each)), None)
        if twin is None:
            return False
        theirs.remove(twin)
    return not theirs


def same_record(left, right):
    return left.keys() == right.keys() and all(same_cell(left[name], right[name]) for name in left)


def apply(made, changes, base="base"):
    """The table after changes that all fit."""
    planned = plan(book(made), ChangeSet(base, "test", changes))
    assert planned.conflicts == ()
    return patched(made, planned.edits), planned.applied


@given(tables(), tables())
@settings(deadline=None, max_examples=60)
def test_applying_the_difference_gives_the_other(old, new):
    changed, applied = apply(old, diff(book(old), book(new)))
    assert same_records(changed, new)
    undone, _ = apply(changed, invert(applied))
    assert same_records(undone, old)


@given(tables())
@settings(deadline=None, max_examples=30)
def test_a_book_does_not_differ_from_itself(made):
    assert len(diff(book(made), book(made))) == 0


@given(keyed_tables(), st.data())
@settings(deadline=None, max_examples=60)
def test_a_sorted_sheet_is_no_change_and_takes_the_same_edits(made, data):
    order = data.draw(st.permutations(list(made.cells.index)))
    rows = [
        {"customer_id": made.cells.at[row, "A"], "name": made.cells.at[row, "B"], "mobile": made.cells.at[row, "C"]}
        for row in order
    ]
    shuffled = table(rows, data.draw(st.permutations(["customer_id", "name", "mobile"])))
    assert len(diff(book(made), book(shuffled))) == 0
    edits = Changes.of(
        Change("set", "customers", made.cells.at[row, "A"], row, "B", "name", made.cells.at[row, "B"], data.draw(cells))
        for row in made.cells.index
    )
    by_place, _ = apply(made, edits)
    by_key, _ = apply(shuffled, edits, base="older")
    assert same_records(by_place, by_key)
    assert len(diff(book(by_place), book(by_key))) == 0


@st.composite
def edits_of(draw, made):
    """Sets, additions, a new column and retirements that fit a table."""
    changes = [
        Change("column", "customers", row=made.header_row, field=name, after=header)
        for name, header in (("record_status", "记录状态"), ("merged_into", "合并至"))
    ]
    for row in made.cells.index:
        key = made.cells.at[row, "A"]
        if draw(st.booleans()):
            after = {"record_status": "已合并", "merged_into": "K0"}
            changes.append(Change("retire", "customers", key, row, before=dict.fromkeys(after), after=after))
        if draw(st.booleans()):
            changes.append(Change("set", "customers", key, row, "C", "mobile", made.cells.at[row, "C"], draw(cells)))
    new = {f"N{number}": draw(cells) for number in range(draw(st.integers(0, 2)))}
    changes += [Change("add", "customers", key, after={"customer_id": key, "name": name}) for key, name in new.items()]
    return Changes.of(changes)


@given(keyed_tables(), st.data())
@settings(deadline=None, max_examples=60)
def test_applied_and_inverted_is_as_it_was(made, data):
    changed, applied = apply(made, data.draw(edits_of(made)))
    undone, taken_back = apply(changed, invert(applied))
    assert same_records(undone, made)
    assert undone.hidden == made.hidden
    redone, _ = apply(undone, invert(taken_back))
    assert same_records(redone, changed)
    assert redone.hidden == changed.hidden


@given(tables(), tables())
@settings(deadline=None, max_examples=40)
def test_a_change_set_survives_its_file(old, new):
    made = ChangeSet("ab", "test", diff(book(old), book(new)))
    assert load(dump(made)) == made
    assert load(dump_columns(made)) == made
