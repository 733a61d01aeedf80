"""The same column under the same name, also under another header."""

from crmsheet.change.columns import column_names
from crmsheet.change.comparing import diff
from crmsheet.change.same_columns import same_columns
from tests.unit.change.made import FIELDS, book, table


def made(fields, rows):
    return table([dict(zip(fields, row, strict=True)) for row in rows], fields)


ROWS = [("C1", "甲", "红", "x"), ("C2", "乙", "绿", "y"), ("C3", "丙", "蓝", "z")]


def test_a_renamed_header_is_found_by_its_values_and_takes_the_newest_name():
    old = made(("customer_id", "name", "颜色", "备用"), ROWS)
    new = made(("customer_id", "备用", "色彩", "name"), [(a, d, c, b) for a, b, c, d in ROWS])
    one, other = same_columns([old, new], FIELDS.__contains__)
    assert set(column_names(one)) == set(column_names(other)) == {"customer_id", "name", "色彩", "备用"}
    (change,) = diff(book(one), book(other))
    assert (change.kind, change.field, change.before, change.after) == ("column", "色彩", "颜色", "色彩")


def test_a_field_keeps_its_name_when_its_header_is_renamed():
    old = made(("customer_id", "name", "mobile"), [(a, b, f"138{n}") for n, (a, b, *_) in enumerate(ROWS)])
    new = made(("customer_id", "name", "号"), [(a, b, f"138{n}") for n, (a, b, *_) in enumerate(ROWS)])
    other = same_columns([old, new], FIELDS.__contains__)[1]
    assert column_names(other)["mobile"] == "C"


def test_columns_of_other_values_are_not_the_same():
    old = made(("customer_id", "颜色"), [("C1", "红"), ("C2", "绿")])
    new = made(("customer_id", "城市"), [("C1", "沪"), ("C2", "京")])
    one, other = same_columns([old, new], FIELDS.__contains__)
    assert set(column_names(one)) == {"customer_id", "颜色"}
    assert set(column_names(other)) == {"customer_id", "城市"}


def test_states_that_agree_stay_as_they_are():
    old = made(("customer_id", "颜色"), [("C1", "红")])
    assert same_columns([old, old], FIELDS.__contains__) == (old, old)
