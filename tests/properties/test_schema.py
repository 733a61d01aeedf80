"""Laws of reading headers and of binding."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.core.errors import NothingBound
from crmsheet.schema import bind
from crmsheet.schema.headers import fold, read_header
from crmsheet.schema.vocabulary import Vocabulary
from tests.unit.schema.made import SCHEMA, opened, sheet

VOCABULARY = Vocabulary(SCHEMA)
FIELDS = [(name, field) for name, table in SCHEMA.tables.items() for field in table.fields]
WORDS = sorted({word for _, field in FIELDS for word in (*field.labels.values(), *field.aliases)})
DECORATED = (
    "*{}",
    "{}（必填）",
    " {} ",
    "{}:",
    "{}：",
    "{} (required)",
    "【必填】{}",
    "{}\n",
    "{}-例:2020-2-1",
    "{} （选填）",
)


def read(headers, rows=()):
    """Table -> header -> field, however the columns stand."""
    book = bind(opened(sheet("Sheet1", [list(headers), *rows])), SCHEMA).book
    return {
        name: {table.headers[letters]: field for field, letters in table.columns.items()}
        for name, table in book.tables.items()
    }


@given(st.text())
@settings(max_examples=300)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_any_text_can_be_read_as_a_header(text):
    header = read_header(text)
    assert all(each and fold(each) == each for each in header.folds)
    assert header.factor > 0
    assert (header.number > 0) == bool(header.base) or header.base == ""


@given(st.sampled_from(WORDS), st.sampled_from(DECORATED))
@settings(max_examples=300)
def test_decoration_does_not_change_what_a_header_means(word, decoration):
    for words in VOCABULARY.tables.values():
        assert words.look_up(read_header(decoration.format(word))) == words.look_up(read_header(word))


@given(st.lists(st.sampled_from(WORDS), min_size=2, max_size=12, unique_by=fold), st.randoms())
@settings(max_examples=60, deadline=None)
def test_binding_does_not_depend_on_the_order_of_the_columns(headers, random):
    shuffled = random.sample(headers, len(headers))
    try:
        expected = read(headers)
    except NothingBound:
        with pytest.raises(NothingBound):
            read(shuffled)
        return
    assert read(shuffled) == expected


@given(st.sampled_from(sorted(SCHEMA.tables)), st.sampled_from(["zh", "en"]), st.randoms())
@settings(max_examples=60, deadline=None)
def test_a_sheet_with_the_labels_of_a_table_is_that_table(name, lang, random):
    """All labels of a table, in any order, bind to their own fields, in a sheet that bears the table's name."""
    table = SCHEMA.tables[name]
    fields = random.sample(table.fields, len(table.fields))
    rows = [[field.labels[lang] for field in fields]]
    book = bind(opened(sheet(table.labels[lang], rows)), SCHEMA).book
    assert list(book.tables) == [name]
    bound = {field: book.tables[name].headers[letters] for field, letters in book.tables[name].columns.items()}
    assert bound == {field.name: field.labels[lang] for field in fields}
    assert book.lang == lang


@given(st.lists(st.integers(0, 3), max_size=20))
@settings(deadline=None)
def test_records_and_rows_left_out_are_all_rows(kinds):
    """No row below the header is lost: it is a record, empty, or told."""
    made = ([None, None, None], ["华星", "13912345678", "a@b.cn"], ["客户名称", "手机", "邮箱"], ["合计", None, 5.0])
    rows = [list(made[kind]) for kind in kinds]
    found = bind(opened(sheet("客户", [["客户名称", "手机", "邮箱"], *rows])), SCHEMA)
    told = {each.row for each in found.findings if each.rule in ("CRM107", "CRM108")}
    empty = {at for at, kind in enumerate(kinds, 2) if kind == 0}
    kept = set(found.book.tables["customers"].cells.index)
    assert kept | told | empty == set(range(2, len(kinds) + 2))
    assert kept == {at for at, kind in enumerate(kinds, 2) if kind == 1}
