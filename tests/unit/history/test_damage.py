"""A damaged history says so and never stands in the way; nothing false is ever restored."""

import shutil
from itertools import pairwise

import pytest

from crmsheet.core.errors import HistoryDamaged
from crmsheet.history import draft as drafting
from tests.unit.history.made import found, sheet, state, write

ROWS = [f"客户{n}" for n in range(400)]


def books(count):
    return [sheet([*ROWS[:n], "改", *ROWS[n + 1 :]]) for n in range(count)]


def filled(history, count=4):
    states = books(count)
    for old, new in pairwise(states):
        write(history, old, new)
    return states, sorted(history.folder.glob("*.pack"))


def templates(history):
    return [each.facts["detail"].template for each in history.damage()]


def readable(history, states):
    """Every version either gives its bytes or raises; how many gave them."""
    by_digest = {state(each).sha256: each for each in states}
    given = 0
    for version in history.versions():
        try:
            restored = history.restore(version.id)
        except HistoryDamaged:
            continue
        assert restored.files == {"": by_digest[version.sha256]}
        given += 1
    return given


def goes_on(history, last):
    """The next write works, and what it wrote comes back."""
    version = write(history, last, sheet(["neu"]))
    assert history.head() == version
    assert history.restore(version.id).files == {"": sheet(["neu"])}


@pytest.mark.parametrize("length", [0, 7, 60, 400, -1])
def test_a_pack_that_was_cut_off(history, length):
    states, paths = filled(history)
    paths[1].write_bytes(paths[1].read_bytes()[:length])
    assert len(history.versions()) == 3
    assert len(templates(history)) == 1
    assert readable(history, states) == 1
    goes_on(history, states[-1])


def test_a_pack_that_is_gone(history):
    states, paths = filled(history)
    paths[-1].unlink()
    assert len(history.versions()) == 3
    assert readable(history, states[:-1]) == 3
    goes_on(history, states[-1])
    assert [each.origin for each in history.versions()][-2:] == ["found", "crmsheet"]


def test_the_first_pack_gone_leaves_the_next_write_whole(history):
    states, paths = filled(history)
    paths[0].unlink()
    assert readable(history, states) == 0
    goes_on(history, states[-1])


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: flip(path, "BODY")], ids=["gone", "flipped"])
def test_what_is_written_after_a_loss_relies_on_nothing_lost(history, harm, monkeypatch):
    """Members that did not change keep their pieces only where those can be read, whatever the manifests say."""
    monkeypatch.setattr(drafting, "WHOLE_EVERY", 1)
    states, paths = filled(history)
    harm(paths[0])
    last = sheet(["neu"])
    version = write(history, states[-1], last)
    assert history.restore(version.id).files == {"": last}
    for each in paths[1:]:
        each.unlink()
    assert history.restore(version.id).files == {"": last}


def flip(path, section):
    """One bit in the middle of a section."""
    content = bytearray(path.read_bytes())
    at = content.index(section.encode()) + 4
    offset, length = (int.from_bytes(content[at + n : at + n + 8], "little") for n in (0, 8))
    content[offset + length // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("section", ["HEAD", "STAT", "MANF", "TABL", "BODY"])
def test_a_flipped_bit_anywhere_is_seen_and_never_restored(history, section):
    states, paths = filled(history)
    flip(paths[2], section)
    shown = {version.id: version for version in history.versions()}
    assert readable(history, states) < 4
    if section in ("HEAD", "STAT"):
        assert len(shown) == 3
        assert templates(history)
    goes_on(history, states[-1])


def test_a_changed_author_is_no_version(history):
    states, paths = filled(history)
    content = paths[-1].read_bytes()
    paths[-1].write_bytes(content.replace(b"\\u5f20\\u4e09", b"\\u674e\\u56db"))
    assert templates(history) == ["it is not the version that it says"]
    assert len(history.versions()) == 3
    goes_on(history, states[-1])


def test_a_renamed_pack_is_no_version(history):
    _, paths = filled(history)
    paths[-1].rename(paths[-1].with_name("v000004-000000000000.pack"))
    assert templates(history) == ["it is not the version that it says"]


def test_copies_left_by_a_sync_client_are_passed_over(history):
    states, paths = filled(history)
    shutil.copy(paths[1], paths[1].with_name(paths[1].stem + " (conflicted copy).pack"))
    assert len(history.versions()) == 4
    assert history.damage() == ()
    assert readable(history, states) == 4


def test_a_lost_key_hides_nothing(history):
    states, _ = filled(history)
    for key in history.folder.glob("key-*"):
        key.unlink()
    assert readable(history, states) == 4
    assert len(templates(history)) == 4
    goes_on(history, states[-1])


def test_a_pack_that_is_a_folder_is_damage(history):
    states, paths = filled(history)
    paths[-1].unlink()
    paths[-1].mkdir()
    assert templates(history) == ["it cannot be read"]
    assert readable(history, states) == 3


def test_an_unknown_version_is_damage_that_is_raised(history):
    history.record(state(b"1\n"), found())
    with pytest.raises(HistoryDamaged) as failure:
        history.restore("ab" * 32)
    assert failure.value.facts["detail"].template == "the version is missing"
