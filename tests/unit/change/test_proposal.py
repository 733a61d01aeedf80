"""A change set survives its file; a file that is none is refused with its line."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from crmsheet.change.proposal import FORMAT, dump, load
from crmsheet.core.cells import CellError, Formula
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.core.errors import UsageError
from crmsheet.core.messages import Message
from tests.unit.change.made import changeset

CELLS = [
    "张三\n\u2028\"'\\",
    "\ud800",
    "",
    0,
    -1.5,
    1e300,
    True,
    None,
    dt.date(2024, 1, 5),
    dt.datetime(2024, 1, 5, 9, 30, 0, 5),
    dt.datetime(2024, 1, 5),
    dt.time(9, 30),
    dt.timedelta(days=-2, microseconds=3),
    CellError("#N/A"),
    Formula("A1+1", 2.5),
    Formula("TODAY()", dt.date(2024, 1, 5)),
    {"date": "text", "date2": dt.date(2024, 1, 5), "record_status": None},
    (1, "a", dt.time(1)),
    Message("{a} b", {"a": Message("c", {"d": dt.date(2024, 1, 5)})}),
    float("inf"),
]


@pytest.mark.parametrize("cell", CELLS, ids=repr)
def test_cells_come_back_with_their_type(cell):
    made = changeset(Change("set", "customers", "K1", 4, "C", "mobile", cell, cell, arguments={"x": cell}))
    read = load(dump(made))
    assert read == made
    (change,) = read.changes
    assert type(change.before) is type(change.after) is type(cell)
    assert type(change.arguments["x"]) is type(cell)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (np.float64(2.5), 2.5),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (pd.Timestamp("2024-01-05 09:30"), dt.datetime(2024, 1, 5, 9, 30)),
        (pd.NaT, None),
    ],
)
def test_values_of_numpy_and_pandas_become_plain_cells(found, expected):
    (change,) = load(dump(changeset(Change("set", "t", after=found)))).changes
    assert change.after == expected
    assert type(change.after) is type(expected)


def test_what_no_cell_can_hold_is_a_bug():
    with pytest.raises(TypeError):
        dump(changeset(Change("set", "t", after=object())))


def test_the_file_is_lines_of_json_without_defaults():
    made = changeset(Change("set", "customers", "K1", 4, "C", "mobile", None, dt.date(2024, 1, 5)), base="ab")
    head, line, end = dump(made).decode().split("\n")
    assert json.loads(head) == {"format": FORMAT, "base": "ab", "origin": "test"}
    assert json.loads(line) == {
        "kind": "set", "table": "customers", "key": "K1", "row": 4, "column": "C", "field": "mobile",
        "after": {"date": "2024-01-05"},
    }  # fmt: skip
    assert end == ""
    assert dump(ChangeSet("", "", Changes())).count(b"\n") == 1


@pytest.mark.parametrize("ending", [b"", b"\r\n\r\n"])
def test_a_file_saved_by_an_editor_is_read(ending):
    made = changeset(Change("set", "customers", "K1", 4, "C", "手机", "a", "b"))
    saved = b"\xef\xbb\xbf" + dump(made).rstrip(b"\n").replace(b"\n", b"\r\n") + ending
    assert load(saved) == made


HEAD = b'{"format":"crmsheet-changes/1","base":"","origin":""}\n'
GOOD = b'{"kind":"set","table":"t"}\n'


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"\xff\xfe", 1),
        (b"[]", 1),
        (b'{"format":"other"}', 1),
        (HEAD + b"{", 2),
        (HEAD + GOOD + b"[]", 3),
        (HEAD + GOOD + b'{"kind":"burn","table":"t"}', 3),
        (HEAD + b'{"kind":"set","table":"t","row":"4"}', 2),
        (HEAD + b'{"kind":"set","table":"t","row":true}', 2),
        (HEAD + b'{"kind":"set","table":7}', 2),
        (HEAD + b'{"kind":"set","table":["t"]}', 2),
        (HEAD + b'{"kind":"set","table":"t","effect":"none"}', 2),
        (HEAD + b'{"kind":"set","table":"t","colour":"red"}', 2),
        (HEAD + GOOD + b'{"kind":"set","table":"t","after":{"date":"yesterday"}}', 3),
        (HEAD + GOOD + b'{"kind":"set","table":"t","after":{"date":5}}', 3),
        (HEAD + GOOD + b'{"kind":"set","table":"t","after":{"a":1,"b":2}}', 3),
        (HEAD + GOOD + b'{"kind":"set","table":"t","after":{"secret":1}}', 3),
        (HEAD + GOOD + b'{"kind":"set","table":"t","after":[1]}', 3),
        (HEAD + GOOD + b'{"kind":"set","table":"t","arguments":5}', 3),
        (HEAD + GOOD + GOOD + b'{"kind":"set","table":"\xff"}', 4),
        (HEAD + b'{"kind":"set","table":"t"},{"kind":"set","table":"t"}', 2),
        (HEAD + b"[" * 100_000, 2),
    ],
)
def test_what_is_no_change_set_is_refused_with_its_line(content, line):
    with pytest.raises(UsageError) as failure:
        load(content)
    assert failure.value.facts["problem"].arguments == {"line": line}
