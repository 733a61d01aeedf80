"""The parts of a file with their digests: what a script compares before and after."""

from __future__ import annotations

from crmsheet.app.request import Request
from crmsheet.app.settings import book_path
from crmsheet.book.members import read_members
from crmsheet.book.parts import file_parts
from crmsheet.book.replacing import digest
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Outcome, Section

COMMAND = "parts"
_COLUMNS = tuple(map(Message, (N_("Part"), N_("Bytes"), N_("Bytes stored"), N_("SHA-256"))))


def parts(request: Request) -> Outcome:
    """The members of a workbook, or the files of a folder; as text in the form of `sha256sum`.

    Raises:
        BookMissing, BookUnreadable, BookCorrupt: why they cannot be told.
    """
    path, _ = book_path(request)
    files = read_members(path)
    found = file_parts({name or path.name: content for name, content in files.items()})
    rows = tuple((each.name, each.size, each.packed, each.sha256) for each in found)
    return Outcome(
        COMMAND,
        path.name,
        sections=(Section(Message(N_("Parts")), _COLUMNS, rows, name="parts"),),
        counts={"parts": len(rows)},
        version=digest(files)[:12],
        today=request.today.isoformat(),
        bare="\n".join(f"{each.sha256}  {each.name}" for each in found),
    )
