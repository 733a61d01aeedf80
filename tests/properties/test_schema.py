"""Laws of reading headers and of binding."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.book.layout.reading import read_layout
from crmsheet.core.cells import column_letters
from crmsheet.core.folding import fold
from crmsheet.schema.choosing import Candidate, choose
from crmsheet.schema.headers import read_header
from crmsheet.schema.matching import read_as
from crmsheet.schema.vocabulary import Vocabulary
from tests.unit.schema.made import SCHEMA, sheet

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


def readings(headers, name="Sheet1"):
    """The sheet read as each table: the reading, and header -> field."""
    found = {column_letters(at): read_header(text) for at, text in enumerate(headers, 1)}
    read = [read_as(words, found, name, VOCABULARY) for words in VOCABULARY.tables.values()]
    return read, [{found[letters].text: field for field, letters in each.columns.items()} for each in read]


@given(st.text())
@settings(max_examples=300)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_any_text_can_be_read_as_a_header(text):
    header = read_header(text)
    assert all(each and fold(each) == each for each in header.folds)
    assert header.factor > 0
    assert (header.number > 0) == bool(header.bases) or not header.bases


@given(st.sampled_from(WORDS), st.sampled_from(DECORATED))
@settings(max_examples=300)
def test_decoration_does_not_change_what_a_header_means(word, decoration):
    for words in VOCABULARY.tables.values():
        assert words.look_up(read_header(decoration.format(word))) == words.look_up(read_header(word))


@given(st.lists(st.sampled_from(WORDS), min_size=2, max_size=12, unique_by=fold), st.randoms())
@settings(max_examples=60, deadline=None)
def test_binding_does_not_depend_on_the_order_of_the_columns(headers, random):
    read, bound = readings(headers)
    shuffled, bound_shuffled = readings(random.sample(headers, len(headers)))
    assert bound == bound_shuffled
    assert [each.score for each in read] == pytest.approx([each.score for each in shuffled])


@given(st.sampled_from(sorted(SCHEMA.tables)), st.sampled_from(["zh", "en"]), st.randoms())
@settings(max_examples=60, deadline=None)
def test_a_sheet_with_the_labels_of_a_table_is_that_table(name, lang, random):
    """All labels of a table, in any order, bind to their own fields, in a sheet that bears the table's name."""
    table = SCHEMA.tables[name]
    fields = random.sample(table.fields, len(table.fields))
    read, bound = readings([field.labels[lang] for field in fields], table.labels[lang])
    chosen = choose([Candidate(1, tuple(read))], lambda *_: "").readings[0]
    assert chosen.table == name
    assert bound[read.index(chosen)] == {field.labels[lang]: field.name for field in fields}


@given(st.lists(st.integers(0, 3), max_size=20))
@settings(deadline=None)
def test_no_row_below_the_header_is_lost(kinds):
    """It is a record, or empty, or told."""
    made = ([None, None, None], ["华星", "13912345678", "a@b.cn"], ["客户名称", "手机", "邮箱"], ["合计", None, 5.0])
    found = read_layout(sheet("客户", [made[2], *(made[kind] for kind in kinds)]), VOCABULARY.knows)
    (block,) = found.blocks
    by_kind = [{at for at, kind in enumerate(kinds, 2) if kind == wanted} for wanted in range(4)]
    assert set(block.rows) == by_kind[1]
    assert {row for row, kind in block.aside.items() if kind == "repeated"} == by_kind[2]
    assert {row for row, kind in block.aside.items() if kind == "total"} == by_kind[3]
    assert found.aside == {}
