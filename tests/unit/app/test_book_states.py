"""Runs the tables of cases in tests/cases/diffs.yml and merges.yml: what users do to books, and what becomes of it."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from crmsheet.app.merging_books import merged
from crmsheet.app.states import comparable
from crmsheet.change.comparing import diff
from crmsheet.core.cells import Formula
from tests.small_books import content, headers_of, plain, request_of, schema_read_once, state, state_at

FOLDER = Path(__file__).parents[2] / "cases"
DIFFS, MERGES = (yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))["cases"] for name in ("diffs", "merges"))
DECISIONS = {"冲突", "Conflicts"}


@pytest.fixture(scope="module", autouse=True)
def _quick():
    with schema_read_once():
        yield


def cell(value):
    """A cell as a case writes it."""
    return Formula(value[1:]) if isinstance(value, str) and value.startswith("=") else value


def facts(change):
    """A change as a case writes it."""
    if change.kind == "column":
        words = [each for each in (change.before, change.after) if each]
        return ("header" if len(words) == 2 else "column" if change.after else "gone", change.table, *words)
    if change.kind == "set":
        return ("set", change.table, change.key, change.field, plain(change.before), plain(change.after))
    cells = change.after if change.kind == "add" else change.before
    return (change.kind, change.table, change.key, tuple(sorted((name, plain(held)) for name, held in cells.items())))


def expected(kind, table, *rest):
    if kind in ("column", "gone", "header"):
        return (kind, table, *rest)
    if kind == "set":
        key, field, before, after = rest
        return (kind, table, key, field, plain(cell(before)), plain(cell(after)))
    key, cells = rest
    return (kind, table, key, tuple(sorted((name, plain(cell(held))) for name, held in cells.items())))


@pytest.mark.parametrize("case", DIFFS, ids=[each["name"] for each in DIFFS])
def test_a_difference(case):
    kind = case.get("kind", "xlsx")
    old = case["old"]
    new = case.get("new_book") or {**old, **case.get("new", {})}
    before, after = comparable((state(kind, old), state(kind, new)), case.get("key", ()))
    found = [facts(each) for each in diff(before.book, after.book)]
    wanted = [expected(*each) for each in case["changes"]]
    # A row without a key of its own may be told by anything.
    keyless = {each[1:] for each in map(tuple, wanted) if len(each) > 3 and each[2] is None}
    found = [(each[0], each[1], None, *each[3:]) if (each[1], None, *each[3:]) in keyless else each for each in found]
    assert sorted(map(repr, found)) == sorted(map(repr, wanted))


@pytest.mark.parametrize("case", MERGES, ids=[each["name"] for each in MERGES])
def test_a_merge(case):
    kind, sheets = case.get("kind", "xlsx"), case["base"] or {}
    books = [sheets or None, *({**sheets, **case.get(side, {})} for side in ("ours", "theirs", "merged"))]
    three = [state(kind, each, "b") for each in books if each is not None]
    *base, ours, theirs, wanted = comparable(three)
    path = ours.opened.source.path
    made = merged(base[0] if base else None, ours, theirs, request_of(path))
    result, wanted = comparable((state_at(path, {**ours.opened.files, **made.files}), wanted))
    found = {name: rows for name, rows in content(result).items() if name not in DECISIONS}
    assert found == content(wanted)
    assert {name: each for name, each in headers_of(result).items() if name in found} == headers_of(wanted)
    told = [
        (each.table, each.key, each.field, *map(shape, (each.base, each.ours, each.theirs))) for each in made.collisions
    ]
    said = [
        (table, key, field, *(shape(cell(value)) for value in rest))
        for table, key, field, *rest in case.get("collisions", ())
    ]
    assert told == said
    assert {name: dict(each) for name, each in made.renumbered.items() if each} == case.get("renumbered", {})
    if not made.collisions:
        assert DECISIONS.isdisjoint(each.name for each in result.opened.sheets)


def shape(value):
    """A cell; of a whole record only that it is there."""
    return "a record" if isinstance(value, Mapping) else plain(value)
