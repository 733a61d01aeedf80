"""From which version a copy was made: the surest evidence wins, and a doubtful base is too old rather than too new."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmsheet.app.copy_base import Base, Copy, base_of, base_of_versions
from crmsheet.app.versions import history_of
from crmsheet.book.replacing import digest
from crmsheet.core.messages import Speech
from crmsheet.history.draft import Deed, State
from tests.small_books import FOLDER, XLSX, files_of

ENGLISH = Speech("en", str)
ROWS = [["客户编号", "客户名称", "城市"], *([f"C{n}", f"公司{n}", f"城市{n}"] for n in range(1, 9))]


def having(**cells: str) -> list[list[str]]:
    """The rows, some of their cells changed: `c3="杭州"` is the city of the third customer, `n3` its name."""
    rows = [list(row) for row in ROWS]
    for place, value in cells.items():
        rows[int(place[1:])][{"n": 1, "c": 2}[place[0]]] = value
    return rows


def book(rows: list[list[str]], kind: str = XLSX) -> dict[str, bytes]:
    return files_of(kind, {"客户": rows})


def recorded(path: Path, *states: dict[str, bytes], also: tuple[str, ...] = ()) -> list[str]:
    """The ids of the states, recorded one after the other as the history of a book."""
    store = history_of(path)
    deeds = (Deed("li", f"2026-11-{20 + at}T09:00:00", "set", also=also) for at in range(len(states)))
    return [store.record(State(files, digest(files)), deed).id for files, deed in zip(states, deeds, strict=True)]


def told(found: Base) -> str:
    return ENGLISH.say(found.said)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "客户.xlsx"


ONE, TWO, THREE = having(), having(c1="杭州"), having(c1="杭州", c2="宁波")


def test_a_copy_that_is_a_version_holds_nothing_new(path):
    first, second = book(ONE), book(TWO)
    recorded(path, first, second)
    found = base_of(path, second, Copy("copy", first))
    assert found.files == first
    assert "version 1 of 客户.xlsx byte for byte" in told(found)


def test_a_version_that_both_histories_hold_is_certain(path):
    first, second, third = book(ONE), book(TWO), book(THREE)
    copied = path.with_name("客户 (1).xlsx")
    recorded(path, first, second, third)
    recorded(copied, second, book(having(c1="杭州", c5="温州")))
    found = base_of(path, third, Copy(copied.name, book(having(c5="温州")), copied))
    assert found.files == second
    assert "version 2 (2026-11-21 09:00), which is in the history of both" in told(found)


def test_a_copy_of_the_book_as_it_is_goes_ahead_of_it(path):
    first, edited = book(ONE), book(TWO)
    copied = path.with_name("客户 (1).xlsx")
    recorded(path, first)
    recorded(copied, edited, book(THREE))
    found = base_of(path, edited, Copy(copied.name, book(THREE), copied))
    assert found.files == edited
    assert "as it is now" in told(found)


def test_the_closest_version_is_found_by_what_the_copy_holds(path):
    states = [book(rows) for rows in (ONE, TWO, THREE, having(c1="杭州", c2="宁波", c3="台州", c4="嘉兴"))]
    recorded(path, *states)
    moved = having(c1="杭州", c2="宁波", n7="改名公司")
    found = base_of(path, states[-1], Copy("copy", book([moved[0], *reversed(moved[1:])])))
    assert found.files == states[2]
    assert "version 3" in told(found)
    assert "values that differ: 1; of the next: 2" in told(found)


def test_another_program_may_have_saved_the_very_same_values(path):
    first, second = book(ONE), book(TWO)
    recorded(path, first, second)
    columns = [[row[2], row[0], row[1]] for row in ONE]
    found = base_of(path, second, Copy("copy", book(columns)))
    assert found.files == first
    assert "the very same values" in told(found)


def test_of_two_that_are_as_close_the_older_one(path):
    states = [book(ONE), book(having(c1="杭州"))]
    recorded(path, *states)
    found = base_of(path, states[1], Copy("copy", book(having(c1="宁波"))))
    assert found.files == states[0], "else the copy would take 杭州 back, and nobody would be asked"


def test_the_book_as_it_is_is_no_base_by_what_it_holds(path):
    first = book(ONE)
    recorded(path, first)
    edited = book(having(c1="杭州", c2="宁波", c3="台州"))
    found = base_of(path, edited, Copy("copy", book(having(c1="杭州", c2="宁波"))))
    assert found.files == first


def test_one_file_of_a_folder_is_compared_by_itself(tmp_path):
    folder = tmp_path / "book"
    folder.mkdir()
    follow = [["跟进编号", "客户编号", "跟进内容"], *([f"F{n}", "C1", f"内容{n}"] for n in range(9))]
    states = [
        files_of(FOLDER, {"客户": rows, "跟进": follow[: 2 + 3 * at]}) for at, rows in enumerate((ONE, TWO, THREE))
    ]
    recorded(folder, *states)
    theirs = {**states[2], "客户.csv": book(having(c1="杭州", c8="温州"), FOLDER)["客户.csv"]}
    found = base_of(folder, states[2], Copy("客户 (1).csv", theirs, folder / "客户 (1).csv", "客户.csv"))
    assert found.files == states[1]


def test_without_a_history_there_is_no_base(path):
    found = base_of(path, book(ONE), Copy("copy", book(TWO)))
    assert found.files is None
    assert "every value in which the two differ has to be decided" in told(found)


def test_two_ends_of_a_history_meet_where_they_parted(path):
    second, third = book(TWO), book(THREE)
    recorded(path, book(ONE), second)
    store = history_of(path)
    packs = {each.name: each.read_bytes() for each in store.folder.glob("*.pack")}
    recorded(path, third)
    ours = {each.name for each in store.folder.glob("*.pack")} - packs.keys()
    kept = {name: (store.folder / name).read_bytes() for name in ours}
    for name in ours:
        (store.folder / name).unlink()
    other = book(having(c1="杭州", c8="温州"))
    recorded(path, other)
    for name, content in kept.items():
        (store.folder / name).write_bytes(content)
    assert len(store.heads()) == 2
    theirs = next(each for each in store.heads() if each.sha256 == digest(other))
    found = base_of_versions(path, digest(third), theirs)
    assert found.files == second
    assert "from which both go on" in told(found)


def test_an_older_version_is_its_own_base(path):
    first, second = book(ONE), book(TWO)
    recorded(path, first, second)
    found = base_of_versions(path, digest(second), history_of(path).versions()[0])
    assert found.files == first
