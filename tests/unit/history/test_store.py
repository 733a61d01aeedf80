"""Versions come back byte for byte; intents are settled by the digest of the book."""

import dataclasses
import os
import shutil
from itertools import pairwise

import pytest

from crmsheet.core.errors import HistoryDamaged, WriteFailed
from crmsheet.history.draft import State
from crmsheet.history.store import FOUND, History, Resolution, history_folder
from tests.unit.history.made import AT, FRAMING, deed, found, row_cuts, sha256, sheet, state, write

ROWS = [f"客户{n * 7919 % 100_003}，电话1380{n:07}" for n in range(3000)]


def edited(*places):
    rows = list(ROWS)
    for place in places:
        rows[place] = f"改{place}"
    return rows


def packs(history):
    return sorted(history.folder.glob("*.pack"))


def test_where_the_history_lies(tmp_path):
    assert history_folder(tmp_path / "客户.xlsx") == tmp_path / ".crmsheet" / "客户.xlsx"
    assert history_folder(tmp_path) == tmp_path / ".crmsheet" / "@folder"


def test_an_empty_history_has_no_versions(history):
    assert history.versions() == ()
    assert history.head() is None
    assert history.damage() == ()
    assert not history.folder.exists()


def test_a_write_is_two_versions_the_found_one_and_ours(history):
    old, new = sheet(ROWS), sheet(edited(5))
    sealed = write(history, old, new, counts={"set": 1}, changes=b'{"kind":"set"}\n', message="m")
    first, second = history.versions()
    assert (first.number, first.origin, first.parent, first.sha256, first.author) == (1, FOUND, "", sha256(old), "")
    assert second == sealed
    assert (second.number, second.parent, second.author, second.at) == (2, first.id, "张三", AT)
    assert (second.command, second.message, dict(second.counts)) == ("clean", "m", {"set": 1})
    assert history.restore(first.id).files == {"": old}
    assert history.restore(second.id).files == {"": new}
    assert history.restore(second.id).exact
    assert history.changes(second.id) == b'{"kind":"set"}\n'
    assert history.changes(first.id) == b""


def test_a_folder_of_csv_files_is_one_version(history):
    files = {"客户.csv": "编号,名称\n1,甲\n".encode("gb18030"), "empty.csv": b"", "交易.csv": b"a\r\nb\r\n"}
    version = history.record(State(files, "of the folder"), found())
    assert history.restore(version.id).files == files
    changed = {**files, "客户.csv": "编号,名称\n1,乙\n".encode("gb18030"), "新.csv": b"x\n"}
    del changed["交易.csv"]
    second = history.record(State(changed, "of the folder 2"), found())
    assert history.restore(second.id).files == changed
    assert history.restore(version.id).files == files


def test_recording_the_head_again_writes_nothing(history):
    first = history.record(state(b"a\n"), found())
    before = packs(history)
    assert history.record(state(b"a\n"), found()) == first
    assert packs(history) == before


def test_edits_by_people_between_two_writes_are_a_version(history):
    write(history, b"1\n", b"2\n")
    write(history, b"by hand\n", b"3\n")
    assert [each.origin for each in history.versions()] == ["found", "crmsheet", "found", "crmsheet"]
    assert [history.restore(each.id).files[""] for each in history.versions()] == [b"1\n", b"2\n", b"by hand\n", b"3\n"]


def test_unchanged_rows_are_stored_once(history):
    history.record(state(sheet(ROWS)), found())
    whole = packs(history)[0].stat().st_size
    write(history, sheet(ROWS), sheet(edited(*range(0, 3000, 300))))
    assert packs(history)[1].stat().st_size < whole / 8


def test_going_back_costs_almost_nothing(history):
    write(history, sheet(ROWS), sheet(edited(*range(1000))))
    write(history, sheet(edited(*range(1000))), sheet(ROWS))
    assert packs(history)[2].stat().st_size < packs(history)[1].stat().st_size / 5


def test_unchanged_members_are_not_looked_at(history):
    seen = []

    def expand(stored):
        seen.append(bytes(stored))
        return FRAMING.expand(stored)

    watched = History(history.folder, dataclasses.replace(FRAMING, expand=expand))
    watched.record(state(sheet(ROWS)), found())
    assert len(seen) == 3
    del seen[:]
    write(watched, sheet(ROWS), sheet(edited(7)))
    assert len(seen) == 1


def test_forty_five_versions_keep_their_bytes_across_whole_manifests(history):
    states = [sheet([*(f"改{n}" for n in range(k)), *ROWS[k:300]]) for k in range(45)]
    for old, new in pairwise(states):
        write(history, old, new)
    assert [history.restore(each.id).files[""] for each in history.versions()] == states
    assert history.damage() == ()


@pytest.mark.parametrize(
    ("book", "expected"),
    [(b"new\n", "sealed"), (b"old\n", "dropped"), (b"third\n", "unknown")],
)
def test_an_intent_left_behind_is_settled_by_the_book(history, book, expected):
    intent = history.intend(state(b"old\n"), state(b"new\n"), deed())
    assert history.pending() == (intent.version,)
    assert [each.origin for each in history.versions()] == ["found"]
    assert history.resolve(sha256(book)) == Resolution(**{expected: (intent.version,)})
    assert history.pending() == ((intent.version,) if expected == "unknown" else ())
    assert (intent.version in history.versions()) == (expected == "sealed")


def test_an_intent_of_a_third_state_can_still_be_restored(history):
    intent = history.intend(state(b"old\n"), state(b"new\n"), deed())
    assert history.restore(intent.version.id).files == {"": b"new\n"}
    history.drop(intent)
    with pytest.raises(HistoryDamaged):
        history.restore(intent.version.id)


def test_sealing_survives_an_intent_swept_away_by_another_computer(history):
    intent = history.intend(state(b"old\n"), state(b"new\n"), deed())
    assert history.resolve(sha256(b"old\n")).dropped
    assert history.seal(intent) == intent.version
    assert history.head() == intent.version
    assert history.seal(intent) == intent.version
    assert history.restore(intent.version.id).files == {"": b"new\n"}


def test_two_computers_leave_two_heads_and_lose_nothing(history, tmp_path):
    write(history, b"1\n", b"2\n")
    other = History(tmp_path / "other" / "h", FRAMING)
    shutil.copytree(history.folder, other.folder)
    ours, theirs = write(history, b"2\n", b"3 ours\n"), write(other, b"2\n", b"3 theirs\n")
    for path in other.folder.iterdir():
        shutil.copy(path, history.folder / path.name)
    assert {each.id for each in history.heads()} == {ours.id, theirs.id}
    assert history.damage() == ()
    for book, head in ((b"3 theirs\n", theirs), (b"3 ours\n", ours)):
        assert history.record(state(book), found()) == head
    following = write(history, b"3 ours\n", b"4\n")
    assert following.parent == ours.id
    assert {each.id for each in history.heads()} == {following.id, theirs.id}
    assert history.restore(theirs.id).files == {"": b"3 theirs\n"}


def test_two_computers_that_begin_at_once_have_two_keys_and_one_history(history, tmp_path):
    other = History(tmp_path / "other" / "h", FRAMING)
    one, two = write(history, b"1\n", b"2\n"), write(other, b"1\n", b"2 other\n")
    for path in other.folder.iterdir():
        shutil.copy(path, history.folder / path.name)
    assert len(list(history.folder.glob("key-*"))) == 2
    assert history.damage() == ()
    assert history.restore(one.id).files == {"": b"2\n"}
    assert history.restore(two.id).files == {"": b"2 other\n"}
    write(history, b"2\n", b"3\n")
    assert history.damage() == ()


def test_a_compressor_that_is_not_here_gives_the_same_content(history):
    version = history.record(state(sheet(ROWS)), found())
    elsewhere = dataclasses.replace(FRAMING, shrink=lambda content, recipe: FRAMING.shrink(content, recipe) + b"\x00")
    restored = History(history.folder, elsewhere).restore(version.id)
    assert not restored.exact
    assert [note.arguments for note in restored.notes] == [{"name": "客户.xlsx"}]
    members = {part.name: FRAMING.expand(part.stored)[0] for part in FRAMING.split("", restored.files[""]) if part.name}
    wanted = {part.name: FRAMING.expand(part.stored)[0] for part in FRAMING.split("", sheet(ROWS)) if part.name}
    assert members == wanted


def test_cuts_that_make_no_sense_do_no_harm(history):
    wild = dataclasses.replace(FRAMING, cut=lambda name, content: [-5, 0, *row_cuts(name, content), len(content) + 9])
    version = History(history.folder, wild).record(state(sheet(ROWS)), found())
    assert history.restore(version.id).files == {"": sheet(ROWS)}


def test_long_content_without_cuts_is_cut_anyway(history):
    content = os.urandom(900_000)
    version = history.record(state(content), deed(changes=b"x" * 200_000 + b"\n" + b"y\n" * 99_999))
    assert history.restore(version.id).files == {"": content}
    assert history.changes(version.id) == b"x" * 200_000 + b"\n" + b"y\n" * 99_999


def test_a_folder_that_cannot_be_written_refuses_to_write_and_still_reads(history, monkeypatch):
    first = history.record(state(b"1\n"), found())

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteFailed) as failure:
        history.intend(state(b"1\n"), state(b"2\n"), deed())
    assert "the disk is full" in str(failure.value)
    assert history.versions() == (first,)
    assert not list(history.folder.glob("*.tmp"))
    assert history.restore(first.id).files == {"": b"1\n"}


def test_a_file_where_the_history_should_be_is_a_failed_write(tmp_path):
    (tmp_path / ".crmsheet").write_bytes(b"not a folder")
    history = History(tmp_path / ".crmsheet" / "b.xlsx", FRAMING)
    assert history.versions() == ()
    with pytest.raises(WriteFailed):
        history.record(state(b"1\n"), found())


def test_what_a_killed_run_left_is_swept_away(history):
    history.record(state(b"1\n"), found())
    (history.folder / "v000002-0123456789ab.intent.tmp").write_bytes(b"half")
    assert history.damage() == ()
    history.record(state(b"2\n"), found())
    assert not list(history.folder.glob("*.tmp"))
