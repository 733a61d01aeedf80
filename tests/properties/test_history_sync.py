"""Laws of a history on two computers, whatever they write, prune, redact, tag and merge.

In whatever order a sync client brings the folders together, nothing is corrupt, and a merge joins the heads.
"""

import datetime as dt
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.history.draft import Deed
from crmsheet.history.gone import REDACTED, Record
from crmsheet.history.retention import Retention
from crmsheet.history.searching import Sought
from crmsheet.history.store import History
from crmsheet.history.verifying import DAMAGE
from tests.unit.history.made import FRAMING, state

START = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
ROWS = [f"row {n}" for n in range(60)]
NONE = Retention(0, 0, 0)
SECRET = b"secret"

deeds = st.one_of(
    st.tuples(st.just("write"), st.lists(st.integers(0, 59), min_size=1, max_size=3)),
    st.tuples(st.just("back"), st.integers(0, 9)),
    st.tuples(st.sampled_from(["merge", "prune", "redact", "tag", "sync", "other way"]), st.just(0)),
)


class Desk:
    """A computer: its copy of the folder, and its book."""

    def __init__(self, folder: Path) -> None:
        self.history = History(folder, FRAMING)
        self.book = "\n".join(ROWS).encode()


@contextmanager
def two_desks():
    with tempfile.TemporaryDirectory() as place:
        yield Desk(Path(place) / "here"), Desk(Path(place) / "there")


def write(desk, new, at, also=()):
    deed = Deed("li", at, "merge" if also else "set", also=also)
    return desk.history.seal(desk.history.intend(state(desk.book), state(new), deed))


def masked(content):
    return content.replace(SECRET, b"xxxxxx") if SECRET in content else None


def synchronised(one, other):
    """New files go both ways; of a file in two forms that of the first computer stays."""
    for source, target in ((one.history.folder, other.history.folder), (other.history.folder, one.history.folder)):
        target.mkdir(parents=True, exist_ok=True)
        for path in source.iterdir() if source.is_dir() else ():
            if source == one.history.folder or not (target / path.name).exists():
                shutil.copy(path, target / path.name)


@given(st.lists(st.tuples(st.booleans(), deeds), min_size=4, max_size=14))
@settings(max_examples=25, deadline=None)
def test_nothing_is_corrupt_whatever_two_computers_do(steps):
    with two_desks() as desks:
        written: dict[str, bytes] = {}
        for hour, (on_this, (what, how)) in enumerate(steps):
            desk, other = desks if on_this else desks[::-1]
            at = (START + dt.timedelta(hours=5 * hour)).isoformat()
            done(desk, other, what, how, at, written)
            if what == "write":
                written[desk.history.head().id] = desk.book
            for each in desks:
                proved(each.history, written)
        synchronised(*desks)
        here = desks[0].history
        proved(here, written)
        merge_all(desks[0], (START + dt.timedelta(days=30)).isoformat())
        assert len(here.heads()) <= 1
        proved(here, written)


def done(desk, other, what, how, at, written):
    """One step on one computer."""
    history = desk.history
    if what == "write":
        rows = desk.book.split(b"\n")
        for row in how:
            rows[row % len(rows)] += b" secret" if row % 7 == 0 else b"!"
        new = b"\n".join(rows)
        write(desk, new, at)
        desk.book = new
    elif what == "back" and written:
        new = sorted(written.values())[how % len(written)]
        if new != desk.book:
            write(desk, new, at)
            desk.book = new
    elif what == "merge":
        merge_all(desk, at)
    elif what == "prune":
        late = (dt.datetime.fromisoformat(at) + dt.timedelta(days=4)).isoformat()
        history.prune(*history.plan_pruning(late, "li", NONE, ""))
    elif what == "redact":
        plan = history.plan_redaction(Sought(masked, len(SECRET)))
        history.redact(plan, Record(REDACTED, "li", at, "asked for"))
    elif what == "tag" and history.versions():
        history.tag("a", history.versions()[0].id, "li", at)
    elif what == "sync":
        synchronised(desk, other)
    elif what == "other way":
        synchronised(other, desk)


def merge_all(desk, at):
    """Joins all heads into the book as it is."""
    heads = desk.history.heads()
    if len(heads) > 1:
        desk.history.record(state(desk.book), Deed("", at, "", origin="found"))
        mine = next(each for each in reversed(desk.history.heads()) if each.sha256 == state(desk.book).sha256)
        also = tuple(each.id for each in desk.history.heads() if each.id != mine.id)
        desk.history.record(state(desk.book), Deed("li", at, "merge", also=also))


def proved(history, written):
    """No damage but values that came back through the other computer; what was not taken out comes back as it was."""
    damage = [each for each in history.verify() if each.kind == DAMAGE]
    assert {each.text.template.partition(" (")[0] for each in damage} <= {
        "values that were destroyed stand in it again"
    }
    for version in history.versions():
        if not version.gone and version.id in written:
            restored = history.restore(version.id)
            assert restored.files[""] in (written[version.id], masked(written[version.id]))
