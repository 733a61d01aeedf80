"""Laws of the three-way merge, through real bytes: nothing that either side wrote is lost without a word."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crmsheet.app.merging_books import merged
from crmsheet.app.states import comparable
from crmsheet.book.patching import patch
from crmsheet.change.comparing import diff
from crmsheet.change.planning import plan
from crmsheet.core.changes import ChangeSet
from tests.oracle import twin_merge
from tests.oracle.twin_merge import keyed_rows
from tests.properties.drawn_books import (
    CONTACTS,
    CUSTOMERS,
    KEYS,
    KINDS,
    books,
    cells,
    edited,
    keyed,
    keyless,
    loose,
    shuffled,
    texts,
)
from tests.small_books import FOLDER, XLSX, content, plain, request_of, rows_of, schema_read_once, state, state_at

EXAMPLES = settings(max_examples=25)
ANY = st.one_of(keyed(), keyed(), loose(), keyless())
DECISIONS = frozenset({"冲突", "Conflicts"})
"""Names of the sheet that a merge adds for what has to be decided."""


@pytest.fixture(scope="module", autouse=True)
def _quick():
    with schema_read_once():
        yield


def merge(kind, base, ours, theirs):
    """The merged state, what the merge says, and the three states as they were compared."""
    three = comparable([state(kind, each, label) for each, label in ((base, "b"), (ours, "o"), (theirs, "t"))])
    path = three[1].opened.source.path
    made = merged(*three, request_of(path))
    whole = {**three[1].opened.files, **made.files}
    return comparable([state_at(path, whole, "merged"), *three])[0], made, three


def held(one):
    """What a book holds, without the sheet for what has to be decided."""
    return {name: rows for name, rows in content(one).items() if name not in DECISIONS}


def side(draw, sheets, who, new=()):
    """What one side makes of a book; it adds customers under these keys."""
    return {name: draw(edited(rows, who, new if name == CUSTOMERS else ())) for name, rows in sheets.items()}


@EXAMPLES
@given(KINDS, books(ANY), st.data())
def test_what_both_sides_did_alike_is_done_once(kind, base, data):
    both = side(data.draw, base, "甲", ("C8", "C9"))
    moved = {name: shuffled(data.draw, rows) for name, rows in both.items()}
    result, made, (_, ours, _) = merge(kind, base, both, moved)
    assert made.collisions == ()
    assert result.opened.files == ours.opened.files, "ours has it all: not a byte of it changes"


@EXAMPLES
@given(KINDS, books(ANY), st.data())
def test_where_one_side_did_nothing_the_other_is_taken(kind, base, data):
    other = side(data.draw, base, "乙", ("C8", "C9"))
    result, made, (_, _, theirs) = merge(kind, base, base, other)
    assert made.collisions == ()
    assert held(result) == held(theirs)
    result, made, (_, ours, _) = merge(kind, base, other, base)
    assert made.collisions == ()
    assert result.opened.files == ours.opened.files


@EXAMPLES
@given(KINDS, books(keyed()), st.data())
def test_edits_of_different_cells_commute_and_equal_one_after_the_other(kind, base, data):
    draw = data.draw
    one, other = {name: list(map(list, rows)) for name, rows in base.items()}, {}
    for name, rows in base.items():
        other[name] = [list(row) for row in rows]
        for at, row in enumerate(rows[1:], 1):
            for column in range(len(row)):
                if not rows[0][column].endswith(("编号", "号", "名称", "姓名", "品名")):
                    written = draw(st.sampled_from((None, one, other)))
                    if written is not None:
                        (written if written is other else one)[name][at][column] = draw(cells)
    header = base[CUSTOMERS][0]
    for number, sheets in (("C8", one), ("C9", other)):
        if draw(st.booleans()):
            row = {"客户编号": number, "客户名称": f"新公司{number}"}
            sheets[CUSTOMERS].append([row.get(name) for name in header])
    left, made, (was, ours, theirs) = merge(kind, base, one, other)
    right, turned, _ = merge(kind, base, other, one)
    assert made.collisions == turned.collisions == ()
    assert held(left) == held(right)
    after = one_after_the_other(was, ours, theirs)
    assert held(after) == held(left)


@EXAMPLES
@given(KINDS, books(keyed()), st.data())
def test_a_merge_does_what_the_slow_twin_does(kind, base, data):
    ours_new, theirs_new = data.draw(st.sampled_from(((("C8",), ("C9",)), (("C8", "C9"), ("C9", "C7")))))
    result, made, (was, ours, theirs) = merge(
        kind, base, side(data.draw, base, "甲", ours_new), side(data.draw, base, "乙", theirs_new)
    )
    said = {(each.table, each.key, each.field) for each in made.collisions}
    for name in ours.book.tables:
        three = [keyed_rows(each.book.tables[name]) for each in (was, ours, theirs)]
        twin = twin_merge.merged(*three)
        new = made.renumbered.get(name, {})
        assert set(new) == set(twin.clashing), "records under one key"
        rows = keyed_rows(result.book.tables[name])
        expected = {**twin.rows, **{new[key]: with_key(row, key, new[key]) for key, row in twin.clashing.items()}}
        if name != "contacts":  # whose customers follow the renumbered ones
            assert rows == expected
        assert {(key, field) for table, key, field in said if table == name} == twin.disputed
    told_rightly(made, was, ours, theirs)


def one_after_the_other(was, ours, theirs):
    """What theirs changed since the base, done by key in ours."""
    planned = plan(ours.book, ChangeSet(was.book.source.sha256, "test", diff(was.book, theirs.book)))
    assert planned.conflicts == ()
    done = patch(ours.opened, planned.edits)
    return comparable([state_at(ours.opened.source.path, {**ours.opened.files, **done.files}), was])[0]


def with_key(row, old, new):
    return {name: ("str", new) if cell == ("str", old) and name.endswith("_id") else cell for name, cell in row.items()}


def told_rightly(made, was, ours, theirs):
    """Every collision tells what the three books hold; ours stands in the result by the twin already."""
    for each in made.collisions:
        three = [keyed_rows(one.book.tables[each.table]).get(each.key) for one in (was, ours, theirs)]
        told = (each.base, each.ours, each.theirs)
        if each.field:
            assert [plain(cell) for cell in told] == [row.get(each.field, plain(None)) for row in three]
        else:
            assert [cell is None for cell in told] == [row is None for row in three]
        assert str(each.why)
        assert each.place


@EXAMPLES
@given(KINDS, books(ANY), st.data())
def test_nothing_that_theirs_wrote_is_lost(kind, base, data):
    """Also where keys are missing or doubled: each new value of theirs is in the result, or is told."""
    one, other = side(data.draw, base, "乙", ("C8", "C9")), side(data.draw, base, ("C8", "C9"))
    result, made, (was, ours, theirs) = merge(kind, base, one, other)
    told = [plain(cell) for each in made.collisions for cell in cells_of(each.theirs)]
    for name, table in theirs.book.tables.items():
        there = values_of(result.book.tables[name])
        new = values_of(table) - values_of(was.book.tables[name])
        missing = new - there
        keys = {key for renamed in made.renumbered.values() for key in renamed}
        assert {cell for cell in missing if cell not in told and cell[1] not in keys} == set()
    for name, table in ours.book.tables.items():
        new = values_of(table) - values_of(was.book.tables[name])
        assert new <= values_of(result.book.tables[name]), "whatever is decided later: ours stands"


def values_of(table):
    return {cell for row in rows_of(table) for cell in row.values()}


def cells_of(value):
    return value.values() if hasattr(value, "values") else [value]


@EXAMPLES
@given(
    st.sampled_from((XLSX, FOLDER)),
    books(keyed(extra=())),
    st.lists(texts, min_size=4, max_size=4, unique=True),
    st.booleans(),
)
def test_a_renumbered_record_keeps_its_children(kind, base, words, both_have_children):
    sides = []
    for word, children in ((words[0], both_have_children), (words[1], True)):
        header, *rows = base[CUSTOMERS]
        row = {"客户编号": "C9", "客户名称": f"{word}公司", "职业": word}
        sheets = {**base, CUSTOMERS: [header, *rows, [row[name] for name in header]]}
        if children:
            head, *people = base[CONTACTS]
            person = {"联系人编号": f"P9{words.index(word)}", "姓名": f"{word}人", "客户编号": "C9", "部门": None}
            sheets[CONTACTS] = [head, *people, [person[name] for name in head]]
        sides.append(sheets)
    result, made, _ = merge(kind, base, *sides)
    assert made.collisions == ()
    new = made.renumbered["customers"]["C9"]
    assert new not in (*KEYS, "C9")
    named = {row["customer_id"][1]: row["name"][1] for row in keyed_rows(result.book.tables["customers"]).values()}
    assert (named["C9"], named[new]) == (f"{words[0]}公司", f"{words[1]}公司")
    people = keyed_rows(result.book.tables["contacts"])
    assert people["P91"]["customer_id"] == ("str", new)
    assert not both_have_children or people["P90"]["customer_id"] == ("str", "C9")


TAGS = st.lists(st.sampled_from(("老客户", "展会", "重点", "华东")), unique=True, max_size=3)


@EXAMPLES
@given(KINDS, TAGS, TAGS, TAGS)
def test_tags_of_both_sides_are_united(kind, was, one, other):
    assume(len({tuple(each) for each in (was, one, other)}) == 3)

    def sheets(tags):
        return {CUSTOMERS: [["客户编号", "客户名称", "标签"], ["C1", "甲公司", "、".join(tags) or None]]}

    result, made, _ = merge(kind, *map(sheets, (was, one, other)))
    assert made.collisions == ()
    kept = {tag for tag in {*one, *other} if (tag in one and tag in other) or tag not in was}
    cell = keyed_rows(result.book.tables["customers"])["C1"].get("tags", ("str", ""))[1]
    assert {tag for tag in cell.split("、") if tag} == kept


@settings(max_examples=15)
@given(books(keyed()), st.data())
def test_merging_again_changes_nothing(base, data):
    one = {**base, CUSTOMERS: data.draw(edited(base[CUSTOMERS], "甲", ("C8",)))}
    other = {**side(data.draw, base, "乙"), CUSTOMERS: base[CUSTOMERS]}
    result, made, (was, _, theirs) = merge(XLSX, base, one, other)
    assert made.collisions == ()
    again = merged(was, result, theirs, request_of(result.opened.source.path))
    assert again.collisions == ()
    assert {**result.opened.files, **again.files} == result.opened.files
