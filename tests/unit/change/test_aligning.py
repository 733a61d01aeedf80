"""Rows without a key of their own are the same by what they hold, never by their numbers."""

import random
from dataclasses import replace

from crmsheet.change.aligning import pairs
from crmsheet.core.book import Identity
from crmsheet.core.messages import Message
from tests.unit.change.made import table

FIELDS = ("customer_id", "name", "mobile", "城市")
GUESSED = Identity((), Message(""), guessed=True)


def rows_of(*rows):
    return table([dict(zip(FIELDS, row, strict=True)) for row in rows], FIELDS)


def test_a_doubled_key_goes_to_the_row_that_holds_the_same():
    old = rows_of(("C1", "甲", "1", "沪"), ("C1", "乙", "2", "京"))
    new = rows_of(("C1", "乙", "2", "京"), ("C1", "甲", "9", "沪"))
    assert pairs(old, new) == {4: 5, 5: 4}


def test_a_key_of_its_own_is_never_another_record():
    old, new = rows_of(("C1", "甲", "1", "沪")), rows_of(("C2", "甲", "1", "沪"))
    assert pairs(old, new) == {}
    assert pairs(replace(old, identity=GUESSED), replace(new, identity=GUESSED)) == {4: 4}


def test_a_key_that_was_filled_in_is_the_same_record():
    old = rows_of((None, "甲", "1", "沪"), (None, "乙", "2", "京"))
    new = rows_of(("C2", "乙", "2", "京"), ("C1", "甲", "1", "沪"))
    assert pairs(old, new) == {4: 5, 5: 4}


def test_rows_that_have_nothing_in_common_are_not_the_same():
    old = rows_of((None, "甲", "1", "沪"), (None, "丙", "3", "广"))
    assert pairs(old, rows_of((None, "乙", "2", "京"))) == {}


def test_a_row_between_the_same_neighbours_was_edited():
    above, below = (None, "甲", "1", "沪"), (None, "丙", "3", "广")
    old, new = rows_of(above, (None, "乙", None, None), below), rows_of(above, (None, "丁", None, None), below)
    assert pairs(old, new) == {4: 4, 5: 5, 6: 6}


def test_of_equal_rows_each_has_one_partner():
    row = (None, "甲", "1", "沪")
    assert pairs(rows_of(row, row, row), rows_of(row, row)) == {4: 4, 5: 5}


def test_many_rows_without_a_key_find_their_partners_after_sorting_and_edits():
    rng = random.Random(7)
    rows = [(None, f"公司{n}", f"138{n:08d}", rng.choice("沪京广深")) for n in range(3000)]
    order = list(range(3000))
    rng.shuffle(order)
    new = [list(rows[at]) for at in order]
    for at in range(0, 3000, 10):
        new[at][rng.randrange(1, 4)] = f"改{at}"
    found = pairs(rows_of(*rows), rows_of(*new))
    assert found == {4 + at: 4 + place for place, at in sorted(enumerate(order), key=lambda each: each[1])}


def test_the_same_tables_are_paired_the_same_way_each_time():
    rng = random.Random(3)
    rows = [(None, rng.choice("甲乙丙"), rng.choice("12"), rng.choice("沪京")) for _ in range(60)]
    other = [tuple(rng.choice(each) for each in zip(*rng.sample(rows, 2), strict=True)) for _ in range(60)]
    assert pairs(rows_of(*rows), rows_of(*other)) == pairs(rows_of(*rows), rows_of(*other))
