"""The merge that git asks for: three temporary files of one book, of which that of ours becomes the result."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crmsheet.app.merging_books import MergedBook, merged
from crmsheet.app.request import Request
from crmsheet.app.states import BookState, comparable, state_of
from crmsheet.book.members import CSV_SUFFIXES, members_among, read_members
from crmsheet.core.errors import BookElsewhere, CrmsheetError, MergeApart, MergeLeft
from crmsheet.core.messages import N_, Message, Text
from crmsheet.disk.durable import write_new

_POINTER = b"version https://git-lfs.github.com/spec/"
_BASE, _OURS, _THEIRS = Message(N_("common ancestor")), Message(N_("ours")), Message(N_("theirs"))
_OPEN = N_(
    "Conflicts in {place}: {count:,}; ours stands until you decide. Choose in the sheet {sheet}, save, then: "
    "crmsheet reconcile {quoted} --write && git add {quoted}"
)
_SAME_KEYS = N_("both sides added records under the same keys, which other files of the folder may name")
_NO_SHEET = N_("both sides changed {count:,} values, the first {place}, and a CSV file has no sheet to choose in")


@dataclass(frozen=True, slots=True)
class MergedFile:
    """How many conflicts somebody has to decide, and what there is to say."""

    conflicts: int
    said: tuple[Text, ...]


def merge_files(request: Request, base: Path, ours: Path, theirs: Path) -> MergedFile:
    """Merges three files of the book of a request, whose own names say nothing, into the file of ours.

    The result is there whole or not at all. Settings and schema are those of the place of the book; an empty base is
    none. No version is written: git has them, and the next write of crmsheet records the book as found.

    Raises:
        MergeLeft: one of them cannot be read, or the merge not be written; ours stays as it is.
        MergeApart: it is a CSV file of which the whole book has to be merged at once.
    """
    place = request.book or ours
    try:
        sides = [(base, _BASE)] if base.stat().st_size else []
        sides += [(ours, _OURS), (theirs, _THEIRS)]
        *old, mine, other = comparable([_state(request, place, *each) for each in sides])
        made = merged(old[0] if old else None, mine, other, request)
        _refuse_part(place, made)
        write_new(ours, {**mine.opened.files, **made.files}[""])
    except MergeApart:
        raise
    except CrmsheetError as error:
        raise MergeLeft(path=place, quoted=shlex.quote(str(place)), problem=error.message) from error
    return MergedFile(len(made.collisions), (*made.notes, *_open(place, made)))


def _open(place: Path, made: MergedBook) -> Iterator[Message]:
    """What there is to decide, and where."""
    if made.collisions:
        facts = {"place": str(place), "count": len(made.collisions), "quoted": shlex.quote(str(place))}
        yield Message(_OPEN, {**facts, "sheet": made.sheet})


def _refuse_part(place: Path, made: MergedBook) -> None:
    """Raises MergeApart for a CSV file that cannot be merged by itself, without the others of its book.

    Git merges file by file: it would leave the records of other files with the old key of a new customer of theirs,
    which is that of another customer by now.
    """
    if place.suffix.lower() not in CSV_SUFFIXES:
        return
    members = members_among(each.name for each in place.absolute().parent.iterdir())
    whole = place.parent if len(members) > 1 else place
    if made.renumbered and whole != place:
        problem = Message(_SAME_KEYS)
    elif made.collisions:
        problem = Message(_NO_SHEET, {"count": len(made.collisions), "place": made.collisions[0].place})
    else:
        return
    raise MergeApart(path=place, problem=problem, quoted=shlex.quote(str(whole)))


def _state(request: Request, place: Path, file: Path, label: Text) -> BookState:
    """What one of the files holds, taken as the book at its place."""
    files = read_members(file)
    if files[""].startswith(_POINTER):
        raise BookElsewhere(path=place)
    return state_of(request, place, files, label)
