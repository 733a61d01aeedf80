"""Random small books for the laws of diff and merge: customers with and without keys, contacts, a sheet of nobody's."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from tests.small_books import CSV, FOLDER, XLSX

CUSTOMERS, CONTACTS, PARTS = "客户", "联系人", "配件"
KEYS = tuple(f"C{number}" for number in range(1, 6))
KINDS = st.sampled_from((XLSX, XLSX, CSV, FOLDER))

texts = st.text("甲乙丙ab<&'，7", min_size=1, max_size=4).filter(lambda text: text.strip() == text and text != "'")
names = st.sampled_from(("上海甲公司", "北京乙公司", "广州丙公司", "深圳丁公司", "Acme Ltd"))
cells = st.one_of(
    st.none(),
    texts,
    st.sampled_from(("007", "1e5", "3-4", "是", "-")),
    st.integers(-99, 10**12),
    st.floats(-1e6, 1e6, width=32),
    st.booleans(),
    st.dates(dt.date(2001, 1, 1), dt.date(2030, 1, 1)),
    st.just(dt.datetime(2025, 3, 1, 14, 30)),
)


@st.composite
def keyed(draw, keys=KEYS, extra=("颜色", "级别说明"), least=1):
    """Header and rows of customers, each with a key of its own; the columns in any order."""
    columns = draw(names_and_notes(extra))
    chosen = draw(st.lists(st.sampled_from(keys), unique=True, min_size=least, max_size=len(keys)))
    return draw(table_of("客户编号", chosen, columns))


@st.composite
def names_and_notes(draw, extra):
    more = st.lists(st.sampled_from(extra), unique=True, max_size=len(extra)) if extra else st.just([])
    return ["客户名称", "职业", *draw(more)]


@st.composite
def table_of(draw, key, keys, columns):
    """Header and rows; with '' as `key` there is no column of keys."""
    order = draw(st.permutations([*filter(None, [key]), *columns]))
    rows = []
    for each in keys:
        row = {key: each, **{name: draw(names if name in ("客户名称", "姓名", "品名") else cells) for name in columns}}
        rows.append([row[name] for name in order])
    return [list(order), *rows]


@st.composite
def loose(draw, extra=("颜色",)):
    """Customers of whom some have no key, and some have one that stands there twice."""
    columns = draw(names_and_notes(extra))
    keys = draw(st.lists(st.sampled_from((*KEYS[:3], "C1", None)), min_size=1, max_size=6))
    return draw(table_of("客户编号", keys, columns))


@st.composite
def keyless(draw, extra=("颜色",)):
    """Customers in a sheet that has no column of keys."""
    columns = draw(names_and_notes(extra))
    return draw(table_of("", [None] * draw(st.integers(1, 6)), columns))


@st.composite
def contacts(draw):
    keys = draw(st.lists(st.sampled_from(("P1", "P2", "P3", "P4")), unique=True, min_size=1))
    header, *rows = draw(table_of("联系人编号", keys, ["姓名", "部门"]))
    return [[*header, "客户编号"], *([*row, draw(st.sampled_from(KEYS))] for row in rows)]


@st.composite
def parts(draw):
    """A sheet that no schema knows."""
    numbers = draw(st.lists(st.sampled_from(("A-1", "A-2", "B-7", "B-9", "X-3")), unique=True, min_size=2))
    return [["零件号", "品名", "库存"], *([each, draw(names), draw(st.integers(0, 99))] for each in numbers)]


@st.composite
def books(draw, customers):
    """A book of several sheets."""
    return {CUSTOMERS: draw(customers), CONTACTS: draw(contacts()), PARTS: draw(parts())}


def shuffled(draw, rows):
    """The same records in another order of rows and columns."""
    header, *records = rows
    order = draw(st.permutations(range(len(header))))
    return [[row[at] for at in order] for row in [header, *draw(st.permutations(records))]]


NAMED = ("客户名称", "姓名", "品名")


@st.composite
def edited(draw, rows, who="", new_keys=()):
    """What somebody makes of a sheet: cells set and emptied, records removed and added, all of it moved about.

    Two who add something never mean the same record.
    """
    header, *records = rows

    def fresh(name, cell):
        if name.endswith("号") or draw(st.integers(0, 2)):
            return cell
        return draw(names if name in NAMED else cells)

    kept = [row for row in records if draw(st.integers(0, 9))]
    changed = [[fresh(name, cell) for name, cell in zip(header, row, strict=True)] for row in kept]
    for key in draw(st.lists(st.sampled_from(new_keys), unique=True)) if new_keys else ():
        fixed = {"客户编号": key, "客户名称": f"{who}添的{key}公司"}
        changed.append([fixed[name] if name in fixed else draw(cells) for name in header])
    return shuffled(draw, [header, *(changed or records[:1])])
