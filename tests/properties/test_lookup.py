"""Laws of looking up: a record is found by what it is called, and the order of rows changes nothing."""

from __future__ import annotations

import functools
import random
import unicodedata
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.core.schema import TableSchema
from crmsheet.match.lookup import SURE, Hit, lookup
from crmsheet.resources import shipped
from crmsheet.schema import load
from tests.unit.match.books import CONTEXT, table


def visible(character: str) -> bool:
    """A name of nothing but control characters is an empty cell."""
    return unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp")


NAMES = st.one_of(
    st.text(st.sampled_from("北京上海华信科技贸易有限公司重庆长沙單雄東國際"), min_size=1, max_size=9),
    st.text(st.sampled_from("abcdeé ÄößXY&-0789"), min_size=1, max_size=12).map(str.strip).filter(bool),
    st.text(min_size=1, max_size=8).map(str.strip).filter(lambda name: any(map(visible, name))),
)
MOBILES = st.builds(lambda second, rest: f"1{second}{rest:09}", st.sampled_from("35789"), st.integers(0, 10**9 - 1))
ROWS = st.lists(
    st.fixed_dictionaries({"name": NAMES, "mobile": st.one_of(st.none(), MOBILES), "city": st.none() | NAMES}),
    min_size=1,
    max_size=8,
)
FEW = settings(max_examples=25, deadline=None)


@functools.cache
def customers() -> TableSchema:
    return load(shipped("schemas")).tables["customers"]


def keyed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"customer_id": f"C{place:04}", **row} for place, row in enumerate(rows, 1)]


def found(rows: list[dict[str, Any]], text: str) -> tuple[Hit, ...]:
    return lookup(table(rows), customers(), text, CONTEXT, most=None)


@FEW
@given(ROWS, st.data())
def test_a_record_is_found_by_its_key_its_name_and_its_number(rows, data):
    rows = keyed(rows)
    one = data.draw(st.sampled_from(rows))
    assert [hit.key for hit in found(rows, one["customer_id"]) if hit.score == SURE] == [one["customer_id"]]
    by_name = {hit.key: hit.score for hit in found(rows, one["name"])}
    assert by_name.get(one["customer_id"]) == SURE == max(by_name.values())
    if one["mobile"]:
        for spelling in (one["mobile"], f"+86 {one['mobile'][:3]}-{one['mobile'][3:7]} {one['mobile'][7:]}"):
            best = {hit.key for hit in found(rows, spelling) if hit.score == SURE}
            assert best == {each["customer_id"] for each in rows if each["mobile"] == one["mobile"]}


@FEW
@given(ROWS, st.data())
def test_the_order_of_rows_changes_nothing(rows, data):
    rows = keyed(rows)
    text = data.draw(st.one_of(NAMES, st.sampled_from([each["name"] for each in rows]), st.sampled_from(["hx", "138"])))
    turned = random.Random(7).sample(rows, len(rows))
    told = [[(hit.key, hit.field, hit.value, hit.score) for hit in found(each, text)] for each in (rows, turned)]
    assert told[0] == told[1]


@FEW
@given(ROWS, st.text(max_size=30))
def test_whatever_is_typed_gives_scores_in_order_and_each_record_once(rows, text):
    hits = found(keyed(rows), text)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= SURE for score in scores)
    assert len({hit.row for hit in hits}) == len(hits)
