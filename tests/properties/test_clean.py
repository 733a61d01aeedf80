"""Laws of cleaning: idempotent, never raising, refusing without touching, placing each finding on its row."""

import dataclasses
import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.clean.columns import cards, clean_table, normalisers
from crmsheet.clean.normaliser import KEEP
from crmsheet.clean.text import sound_at_sight, surely_sound
from crmsheet.core.book import Table
from crmsheet.core.cells import CellError, Formula, column_letters, same_cell
from crmsheet.core.context import Context, Settings
from crmsheet.core.schema import KINDS, Choice, Field, TableSchema

NORMALISERS = normalisers()
CODES = {card.code for card in cards()}
CHOICES = (
    Choice("a", {"zh": "重要客户", "en": "Key account"}, ("A", "VIP")),
    Choice("b", {"zh": "B", "en": "B"}, ("普通",)),
    Choice("back", {"zh": "退回/收回", "en": "Returned"}),
)
FIELDS = [
    *(Field(kind, {"zh": "账期(天)", "en": kind}, kind=kind) for kind in KINDS),
    Field("choice", {"zh": "级别", "en": "Level"}, kind="choice", choices=CHOICES),
    Field("choices", {"zh": "级别", "en": "Level"}, kind="choices", choices=CHOICES),
]
CONTEXTS = [
    Context(today=dt.date(2026, 1, 5)),
    Context(today=dt.date(2026, 1, 5), region="US", lang="en", settings=Settings(currency="USD", date_order="mdy")),
    Context(today=dt.date(2026, 1, 5), region="HK", settings=Settings(currency="HKD", phone_form="international")),
    Context(today=dt.date(2026, 1, 5), region="GB", lang="en", settings=Settings(phone_form="e164", date_order="dmy")),
]
SAMPLES = str.split(
    "13800138000 138 0013 8000 010-62345678转801 (010)62345678 400-810-1234 95588 +44 20 7946 0018 +852 9123 "
    "4567 1.38E+10 138****8000 13800138000(王) 13800138000/010-62345678 微信:abc123 QQ12345678 13800138000.0 "
    "62345678-801 ext 801 x801 A.b@Example.COM a@qq,com 王<a@b.com> mailto:a@b.com a@b.con 2024.1.5 "
    "2024年1月5日 24.1.5 5/1/24 3/15/2024 2:30PM 20240105 45296 2024-01-05T09:30:00Z 二〇二四年一月五日 2024Q1 "
    "上周三 31/11/2018 ￥1,234.50 1.2万 (1,200) 3百万 USD1,200 1.5k 85% 八成 是 √ Y 重要客户 A类 A（重点客户） "
    "B、A VIP|普通 退回/收回 王伟 北京华为有限公司。 （北京） HTTP://WWW.X.COM/P 10000 010000 人民币 ¥ US$ "
    "11010519491231002x 110105194912310000 91110000600037341l 1001.0 1.2E+17 无 / - 同上 〃 锟斤拷 Ã© ???? "
    "=HYPERLINK(1) @SUM"
)
PIECES = st.sampled_from(
    [
        *SAMPLES,
        *"０１２３ＡＢ＠．－：；，（）、。 /;,|()+-.#*xX转\n\t\r\u3000\u00a0\u200b\ufeff\u00ad'\"",
        " ::: ",
        "_x000D_",
        "(王)",
        "万",
        "元",
        "%",
        "Ext.",
    ]
)
TEXTS = st.one_of(
    st.sampled_from(SAMPLES),
    st.lists(PIECES, min_size=1, max_size=5).map("".join),
    st.text(max_size=30),
    st.from_regex(r"[0-9 .\-/+()]{1,20}"),
)
CELLS = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(),
    st.sampled_from([13800138000.0, 1062345678.0, 45296.0, 45296.5, 20240105.0, 0.85, 85.0, 1.0, 0.0, 1.1e17, 10000.0]),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)
READINGS = st.tuples(st.sampled_from(CONTEXTS), CELLS)
EVERY_FIELD = pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.kind}-{len(field.choices)}")


def read(field, context, cell):
    return NORMALISERS[field.kind].read(cell, field, context)


@EVERY_FIELD
@settings(max_examples=60, deadline=None)
@given(READINGS)
def test_reading_never_raises_and_is_well_formed(field, case):
    context, cell = case
    reading = read(field, context, cell)
    assert (reading.message == "") == (reading.rule == "")
    assert reading.rule in CODES | {""}
    assert reading.effect in ("spelling", "meaning")
    if reading.written is not KEEP:
        assert reading.message
        assert reading.value is not None
        assert not same_cell(cell, reading.written)
    facts = {"value": cell, "after": reading.written, **(reading.arguments or {})}
    assert reading.message.format_map(facts) is not None


@EVERY_FIELD
@settings(max_examples=60, deadline=None)
@given(READINGS)
def test_reading_what_was_written_gives_the_same_value_and_nothing_to_say(field, case):
    context, cell = case
    reading = read(field, context, cell)
    if reading.written is KEEP:
        return
    again = read(field, context, reading.written)
    assert again.value == reading.value
    assert type(again.value) is type(reading.value)
    assert (again.message, again.written) == ("", KEEP)


@EVERY_FIELD
@settings(max_examples=25, deadline=None)
@given(st.sampled_from(CONTEXTS), st.lists(CELLS, max_size=4))
def test_the_fast_path_says_what_reading_says(field, context, cells):
    canonical = NORMALISERS[field.kind].canonical
    if canonical is None:
        return
    for cell in cells:
        (value,) = canonical([cell], field, context)
        if value is not None:
            reading = read(field, context, cell)
            assert (reading.value, reading.written, reading.message) == (value, KEEP, "")
            assert type(reading.value) is type(value)


def table_of(columns):
    cells = pd.DataFrame(
        {
            column_letters(n): pd.Series(list(each), dtype=object, index=range(5, 5 + len(each)))
            for n, each in enumerate(columns.values(), 1)
        }
    )
    letters = {name: column_letters(n) for n, name in enumerate(columns, 1)}
    return Table("customers", "客户", 4, cells, letters, {}, "key", pd.DataFrame())


SCHEMA = TableSchema("customers", {"zh": "客户"}, "key", tuple(FIELDS[:-2]))
ANY_CELL = st.one_of(
    CELLS, st.none(), st.builds(Formula, st.just("A1"), CELLS), st.just(Formula("A1")), st.just(CellError("#N/A"))
)
TABLES = st.sampled_from(KINDS).flatmap(
    lambda kind: st.lists(
        st.tuples(st.sampled_from(["1", 1.0, True, 1, "2", None]), ANY_CELL), min_size=1, max_size=6
    ).map(
        lambda rows: {"key": [row[0] for row in rows], f"{kind}#2" if kind == "key" else kind: [row[1] for row in rows]}
    )
)


@settings(max_examples=70, deadline=None)
@given(TABLES, st.booleans())
def test_findings_name_their_rows_and_a_cleaned_table_has_nothing_left_to_fix(columns, retype):
    table = table_of(columns)
    cleaned = clean_table(table, SCHEMA, CONTEXTS[0], retype_dates=retype)
    mended = table.cells.copy()
    for finding in cleaned.findings:
        if not finding.row:
            continue
        found = table.cells.at[finding.row, finding.column]
        assert found is finding.value or same_cell(found, finding.value)
        assert finding.column == table.columns[finding.field]
        if finding.fix:
            assert not isinstance(found, Formula)
            mended.at[finding.row, finding.column] = finding.fix.after
    again = clean_table(dataclasses.replace(table, cells=mended), SCHEMA, CONTEXTS[0], retype_dates=retype)
    assert [finding for finding in again.findings if finding.fix] == []
    pd.testing.assert_frame_equal(again.table.values, cleaned.table.values)


@pytest.mark.parametrize("kind", KINDS)
def test_equal_looking_cells_of_different_types_are_read_apart(kind):
    """True == 1 == 1.0 in Python; a column must not mix them up."""
    field = SCHEMA[kind]
    cells = [True, 1, 1.0, "1", 0, False, 0.0, "0"]
    name = f"{kind}#2" if kind == "key" else kind
    values = clean_table(
        table_of({"key": list("abcdefgh"), name: cells}), SCHEMA, CONTEXTS[0], retype_dates=True
    ).table.values
    for row, cell in enumerate(cells):
        alone = clean_table(table_of({"key": ["a"], name: [cell]}), SCHEMA, CONTEXTS[0], retype_dates=True).table.values
        assert values[name].iloc[[row]].tolist() == alone[name].tolist() or (
            pd.isna(values[name].iloc[row]) and pd.isna(alone[name].iloc[0])
        ), (
            field.kind,
            cell,
        )


HAN_AND_SIGNS = st.text(st.sampled_from("ab_x0C中文锟烫涓枃浣犲ソ鐢ㄦ ?·、，。（）=-+@9无N/A"), max_size=16)


@given(st.lists(HAN_AND_SIGNS, min_size=1, max_size=30))
@settings(max_examples=200)
def test_what_is_sound_at_sight_is_sound(texts):
    for text, sure in zip(texts, sound_at_sight(texts), strict=True):
        assert not sure or surely_sound(text), text


def test_most_of_what_is_sound_is_sound_at_sight():
    assert sound_at_sight(["C000123", "深圳市华信科技有限公司", "张伟", "无", "锟斤拷", "=1+1", "a  b"]) == [
        *(True,) * 3,
        *(False,) * 4,
    ]
    assert sound_at_sight(["\ud800", "张伟"]) == [False, False]
