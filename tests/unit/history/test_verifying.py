"""`verify` finds whatever was changed, lost or added, and passes what is whole."""

import json
import random
import shutil
import struct
from itertools import pairwise

import pytest

from crmsheet.core.errors import HistoryDamaged
from crmsheet.history.draft import Deed
from crmsheet.history.store import History
from crmsheet.history.verifying import DAMAGE, NOTE, WARNING
from tests.unit.history.made import FRAMING, deed, found, sheet, state, write
from tests.unit.history.test_format import rewritten

ROWS = [f"客户{n}" for n in range(120)]


@pytest.fixture
def books(history):
    """A first version and four writes, one of them tagged."""
    states = [sheet([*ROWS[:n], f"改{n}", *ROWS[n + 1 :]]) for n in range(5)]
    history.record(state(states[0]), found())
    for old, new in pairwise(states):
        write(history, old, new, changes=b'{"kind":"set"}\n' * 50)
    history.tag("盘点", history.versions()[1].id, "李雷", "2026-03-03")
    return states


def seen(history, kind=DAMAGE):
    return [(each.file, each.text.template) for each in history.verify() if each.kind == kind]


def packs(history):
    return sorted(history.folder.glob("*.pack"))


@pytest.mark.usefixtures("books")
def test_a_whole_history_has_nothing_to_tell(history):
    assert history.verify() == ()
    assert history.verify(whole=True) == ()


@pytest.mark.usefixtures("books")
def test_any_changed_byte_is_found(history):
    """Of every file some bytes of every part, and all of the header, are changed one at a time."""
    rng = random.Random(5)
    for path in sorted(history.folder.iterdir()):
        content = path.read_bytes()
        places = {*rng.sample(range(min(len(content), 200)), 12), *rng.sample(range(len(content)), 12)}
        for at in sorted(places):
            changed = bytearray(content)
            changed[at] ^= 1 << rng.randrange(8)
            path.write_bytes(changed)
            assert seen(history), (path.name, at)
        path.write_bytes(content)
    assert history.verify() == ()


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("cut", [0, 20, 500, -1])
def test_any_cut_file_is_found(history, cut):
    for path in sorted(history.folder.iterdir()):
        content = path.read_bytes()
        path.write_bytes(content[: min(cut, len(content) - 1)])
        assert seen(history), path.name
        path.write_bytes(content)


def test_any_missing_file_is_found_and_the_next_write_is_whole(history, books, tmp_path):
    for number, path in enumerate(sorted(history.folder.iterdir())):
        copy = History(tmp_path / str(number) / "客户.xlsx", FRAMING)
        shutil.copytree(history.folder, copy.folder)
        (copy.folder / path.name).unlink()
        newest = path.name.startswith("v000005")
        # A newest version that is gone leaves no trace in the older ones; nor does a tag.
        assert bool(seen(copy)) != (newest or path.name.startswith("tag-"))
        following = write(copy, books[-1], sheet(["neu"]))
        assert copy.restore(following.id).files == {"": sheet(["neu"])}


@pytest.mark.parametrize(
    "mark", [" (conflicted copy)", "-LAPTOP", ".sync-conflict-20261128-101010-ABC", " (1)", "(冲突副本)"]
)
def test_a_file_that_a_sync_client_renamed_is_as_good(history, books, mark):
    for path in sorted(history.folder.iterdir()):
        if path.name.startswith("tag-"):
            continue
        renamed = path.with_name(f"{path.stem}{mark}{path.suffix}")
        path.rename(renamed)
        assert history.verify() == ()
        for version, book in zip(history.versions(), books, strict=True):
            assert history.restore(version.id).files == {"": book}
        renamed.rename(path)


@pytest.mark.usefixtures("books")
def test_a_copy_beside_is_told_and_takes_the_place_of_a_damaged_file(history):
    path = packs(history)[2]
    copy = path.with_name(f"{path.stem} (conflicted copy).pack")
    shutil.copy(path, copy)
    assert seen(history, NOTE) == [(copy.name, "a copy that a sync client left; it is not read")]
    path.write_bytes(path.read_bytes()[:200])
    assert len(history.versions()) == 5
    assert seen(history) == [(path.name, "it was cut off")]


@pytest.mark.usefixtures("books")
def test_a_broken_parent_is_found(history):
    packs(history)[1].unlink()
    templates = {template for _, template in seen(history)}
    assert "the version that it follows is missing ({id})" in templates


def test_second_heads_and_open_intents_need_a_look_and_are_no_damage(history, books, tmp_path):
    other = History(tmp_path / "other" / "客户.xlsx", FRAMING)
    shutil.copytree(history.folder, other.folder)
    theirs = write(other, books[-1], sheet(["theirs"]))
    ours = write(history, books[-1], sheet(["ours"]))
    for path in other.folder.iterdir():
        if not (history.folder / path.name).exists():
            shutil.copy(path, history.folder / path.name)
    history.intend(state(sheet(["ours"])), state(sheet(["next"])), deed())
    assert seen(history) == []
    assert len(seen(history, WARNING)) == 2
    # A merge joins them.
    history.resolve(state(sheet(["ours"])).sha256)
    joined = history.seal(
        history.intend(
            state(sheet(["ours"])), state(sheet(["both"])), Deed("", "2026-04-01", "merge", also=(theirs.id,))
        )
    )
    assert joined.parents == (ours.id, theirs.id)
    assert joined.number == ours.number + 1
    assert history.heads() == (joined,)
    assert history.verify() == ()


def test_the_same_book_with_another_parent_is_a_version(history, books, tmp_path):
    other = History(tmp_path / "other" / "客户.xlsx", FRAMING)
    shutil.copytree(history.folder, other.folder)
    theirs = write(other, books[-1], sheet(["theirs"]))
    shutil.copy(max(other.folder.glob("*.pack")), history.folder)
    before = write(history, books[-1], sheet(["ours"]))
    joined = history.record(state(sheet(["ours"])), Deed("", "2026-04-01", "merge", also=(theirs.id,)))
    assert joined.parents == (before.id, theirs.id)
    assert history.heads() == (joined,)


@pytest.mark.usefixtures("books")
def test_what_was_emptied_or_destroyed_without_a_record_is_damage(history):
    path = packs(history)[0]
    content = path.read_bytes()
    rewritten(path, lambda _: {"MANF": b"", "TABL": b"", "BODY": b""})
    assert seen(history)
    path.write_bytes(content)
    rewritten(path, lambda _: {"GONE": bytes(32) + b'{"records":[{"kind":"pruned","by":"x","at":"y"}],"state":{}}'})
    assert (path.name, "it says what was destroyed in it, but not as crmsheet wrote it") in seen(history)


def test_packs_written_before_there_were_seals_are_whole(history, books):
    """As version 0.1 wrote them: no SEAL, and a HEAD that does not promise one."""
    for path in packs(history):
        path.unlink()
    from crmsheet.history import draft

    real = draft._json
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(draft, "_json", lambda facts: real({k: v for k, v in facts.items() if k != "sealed"}))
        patched.setattr(draft, "write_pack", lambda made, sections, _: real_pack(made, sections))
        for old, new in pairwise(books):
            write(history, old, new)
    history.untag("盘点")
    assert history.verify(whole=True) == ()
    content = bytearray(packs(history)[0].read_bytes())
    content[-9] ^= 4
    packs(history)[0].write_bytes(content)
    assert seen(history)


def real_pack(version_id, sections):
    from crmsheet.history.container import write_container

    return write_container(b"CRMPACK1", version_id, sections, None)


def test_a_tag_of_a_lost_version_needs_a_look(history, books):
    history.tag("最新", history.head().id, "李雷", "2026-03-03")
    packs(history)[-1].unlink()
    assert [template for _, template in seen(history, WARNING)] == ["the tag {tag} names a version that is not there"]
    write(history, books[-1], sheet(["neu"]))


def test_tags_are_moved_taken_away_and_shared(history, tmp_path):
    first = history.record(state(b"1\n"), found())
    second = write(history, b"1\n", b"2\n")
    history.tag("盘点", first.id, "李雷", "2026-03-03")
    other = History(tmp_path / "other" / "客户.xlsx", FRAMING)
    shutil.copytree(history.folder, other.folder)
    other.tag("盘点", second.id, "韩梅", "2026-03-05")
    history.tag("季末", second.id, "李雷", "2026-03-04")
    for path in other.folder.iterdir():
        shutil.copy(path, history.folder / path.name)
    assert history.tags() == {"盘点": second.id, "季末": second.id}
    history.untag("盘点")
    assert history.tags() == {"季末": second.id}
    (path,) = history.folder.glob("tag-*")
    facts = json.loads(path.read_text())
    assert facts["author"] == "李雷"
    path.write_text(json.dumps({**facts, "version": first.id}))
    assert history.tags() == {}
    assert [template for _, template in seen(history)] == ["it is not the tag that it says"]


def test_a_table_that_promises_too_much_is_damage(history):
    history.record(state(b"1\n" * 500), found())
    path = packs(history)[0]
    rewritten(path, lambda old: {"TABL": old["TABL"][:122] + struct.pack("<Q", 1 << 40) + old["TABL"][130:]})
    assert seen(history)
    with pytest.raises(HistoryDamaged):
        history.restore(history.head().id)
