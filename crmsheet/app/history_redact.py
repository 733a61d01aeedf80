"""Values of persons destroyed in the history of a book, and in the copies that lie beside it (PIPL 47, GDPR 17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmsheet.app.keeping import PROPOSALS
from crmsheet.app.request import Request
from crmsheet.app.settings import book_path
from crmsheet.app.states import BookState, current_state, version_state
from crmsheet.app.version_changes import forget
from crmsheet.app.versions import current_digest, history_alone, history_of
from crmsheet.book import containers
from crmsheet.book.members import read_members
from crmsheet.book.opening import open_files
from crmsheet.book.spellings import Spellings, is_telling
from crmsheet.core.cells import visible
from crmsheet.core.errors import BookError, CustomerUnknown, HistoryDamaged, UsageError, ValueStands
from crmsheet.core.messages import N_, Message, Text, cell_words, chained
from crmsheet.core.outcome import Outcome
from crmsheet.disk.durable import remove, write_new
from crmsheet.history.framing import DEFLATED, FRAME
from crmsheet.history.gone import REDACTED, Record
from crmsheet.history.redacting import Redaction
from crmsheet.history.searching import Sought
from crmsheet.history.store import History
from crmsheet.history.tags import read_tags
from crmsheet.report import version_list

COMMAND = "history redact"
_PERSONAL = ("personal", "sensitive")
_SHOWN = 5
_NOTHING_GIVEN = N_("nothing to destroy was named: give --value or --customer")
_TOO_SHORT = N_("{value} is too short to be told from other things; give it with what stands around it")
_NOWHERE = N_("None of the {count:,} values stands anywhere in the history.")
_WOULD = N_(
    "Nothing was written: {count:,} values would be destroyed in {versions:,} versions ({pieces:,} pieces) and "
    "{files:,} files beside them. This cannot be undone; --write does it."
)
_DONE = N_(
    "{count:,} values were destroyed in {versions:,} versions ({pieces:,} pieces) and {files:,} files beside them. The "
    "other values of those versions can be restored as before; `crmsheet history verify` passes and tells of it."
)
_STANDS = N_("A value still stands in the book itself ({places}): take it out there first; --write refuses until then.")
_SHORT = N_(
    "{count:,} short values of the customer, such as an age or four digits, cannot be told from others by their bytes "
    "and stay."
)
_COPIES = N_(
    "Backups, exported versions and computers that are not synchronised still hold the values: run `history backup` "
    "again for each backup, and `history redact` again after other computers have written."
)
_TOLD = N_(
    "In what is said of version {number} itself (author, message, a file name) a value stands; that stays, because the "
    "ids of the chain are made of it."
)
_DAMAGED = N_("{count:,} damaged places could not be looked through: `crmsheet history verify` lists them.")
_LISTED = N_("Versions that lose values")


@dataclass(frozen=True, slots=True)
class _Beside:
    """A file beside the history that holds a value: what to write instead, None to remove it."""

    path: Path
    content: bytes | None


def redact(
    request: Request, values: Sequence[str], customer: str = "", *, reason: str = "", write: bool = False
) -> Outcome:
    """Destroys values in all versions, proposals and original copies of a book, or tells what that would touch.

    `customer` adds the personal values of that customer and of its records, as they stand in any version.

    Raises:
        UsageError: no value is named, or one that means anything.
        CustomerUnknown: no version has it.
        ValueStands: a value stands in the book itself, and shall be destroyed.
        WriteFailed: the folder does not take it; some is done then, and doing it again does the rest.
    """
    path, settings = book_path(request)
    wanted, short = _wanted(request, values, customer)
    spellings = Spellings(wanted)
    sought = Sought(spellings.masked, spellings.longest)
    places = _places(path, spellings)
    if write and places:
        raise ValueStands(places=chained(places, N_(", ")))
    store = history_of(path)
    if write:
        with history_alone(request, path):
            store.resolve(current_digest(path))
            plan, beside = _plans(store, path, sought)
            record = Record(REDACTED, settings.actor, request.at, reason)
            store.redact(plan, record)
            for each in beside:
                remove(each.path) if each.content is None else write_new(each.path, each.content)
        forget(path)
    else:
        plan, beside = _plans(store, path, sought)
    facts = {
        "count": len(wanted),
        "versions": len(plan.versions),
        "pieces": len(plan.marked.pieces),
        "files": len(beside),
    }
    return Outcome(
        COMMAND,
        path.name,
        today=request.today.isoformat(),
        notes=(*_notes(plan, facts, places, write=write), *([Message(_SHORT, {"count": short})] if short else [])),
        sections=version_list.sections(plan.versions, _LISTED, "versions"),
        counts=facts,
    )


def _plans(store: History, path: Path, sought: Sought) -> tuple[Redaction, list[_Beside]]:
    plan = store.plan_redaction(sought)
    return plan, list(_beside(store, path, sought, plan))


def _notes(plan: Redaction, facts: Mapping[str, int], places: Sequence[str], *, write: bool) -> Iterator[Text]:
    if not facts["pieces"] and not facts["files"]:
        yield Message(_NOWHERE, facts)
    else:
        yield Message(_DONE if write else _WOULD, facts)
        yield Message(_COPIES)
    if places:
        yield Message(_STANDS, {"places": chained(places, N_(", "))})
    for version in plan.told:
        yield Message(_TOLD, {"number": version.number})
    if plan.marked.damaged:
        yield Message(_DAMAGED, {"count": len(plan.marked.damaged)})


def _wanted(request: Request, values: Sequence[str], customer: str) -> tuple[tuple[str, ...], int]:
    """The values to destroy, and how many of the customer are too short; what was typed has to mean somebody."""
    typed = [each.strip() for each in values if each.strip()]
    for value in typed:
        if not is_telling(value):
            raise UsageError(problem=Message(_TOO_SHORT, {"value": value}))
    if not typed and not customer:
        raise UsageError(problem=Message(_NOTHING_GIVEN))
    found = _values_of(request, customer) if customer else set()
    if customer and not found:
        raise CustomerUnknown(text=customer)
    telling = sorted(filter(is_telling, found))
    return tuple(dict.fromkeys([*typed, *telling])), len(found) - len(telling)


def _values_of(request: Request, customer: str) -> set[str]:
    """The personal values of a customer and of its records, in the book and in every version that can be read."""
    found: set[str] = set()
    for state in _states(request):
        for name, table in state.book.tables.items():
            known = state.loaded.schema.tables.get(name)
            if known is None:
                continue
            keys = table.keys().tolist() if name == "customers" else table.texts("customer_id")
            rows = [at for at, key in enumerate(keys) if key.strip().lower() == customer.strip().lower()]
            for field, letters in table.columns.items() if rows else ():
                base = field.partition("#")[0]
                # A choice is a word that others have too.
                if base in known and known[base].sensitivity in _PERSONAL and not known[base].choices:
                    cells = table.cells[letters].iloc[rows].tolist()
                    found.update(text for each in cells if (text := _text(visible(each))))
    return found


def _text(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else cell_words(value).strip()


def _states(request: Request) -> Iterator[BookState]:
    path, _ = book_path(request)
    if current_digest(path):
        yield current_state(request)
    for version in history_of(path).versions():
        request.tell(Message(N_("reading version {number}"), {"number": version.number}))
        try:
            yield version_state(request, version.id)
        except (HistoryDamaged, BookError):
            continue  # pruned or damaged: what can be read of it is looked through by its bytes


def _places(path: Path, spellings: Spellings) -> list[str]:
    """The first cells of the book in which a value stands; the parts of the file where it stands in no cell."""
    try:
        files = read_members(path)
    except BookError:
        return []
    parts = [
        part.name or name or path.name
        for name, content in files.items()
        for part, held in _contents(name, content)
        if spellings.masked(held) is not None
    ]
    if not parts:
        return []
    cells = [
        f"{sheet.name}!{letters}{row}"
        for sheet in open_files(path, files).sheets
        for letters in sheet.cells.columns
        for row, value in sheet.cells[letters].items()
        if value is not None and spellings.masked(_text(visible(value)).encode()) is not None
    ]
    return [*(cells or parts)[:_SHOWN], *(["…"] if len(cells or parts) > _SHOWN else [])]


def _contents(name: str, content: bytes) -> Iterator[tuple[containers.Part, bytes]]:
    """The parts of a file that hold content, each with it."""
    for part in containers.split(name, content):
        if part.kind != FRAME:
            expanded = containers.expand(part.stored) if part.kind == DEFLATED else None
            yield part, expanded[0] if expanded else bytes(part.stored)


def _beside(store: History, path: Path, sought: Sought, plan: Redaction) -> Iterator[_Beside]:
    """Proposals, copies of the file as it was found, and tags in which a value stands."""
    folder = store.folder.parent
    originals = "original*" if path.is_dir() else f"{path.stem}.original*{path.suffix}"
    files = [*(store.folder / PROPOSALS).glob("*"), *folder.glob(originals), *folder.glob(f"{originals}/*")]
    for each in sorted(file for file in files if file.is_file()):
        content = each.read_bytes()
        masked = _masked(each.name, content, sought)
        for digest in plan.digests:
            masked = masked.replace(digest.encode(), b"0" * len(digest))
        if masked != content:
            yield _Beside(each, masked)
    for tag_path in read_tags(store.folder, {}).files:
        if sought.masked(tag_path.read_bytes()) is not None:
            yield _Beside(tag_path, None)


def _masked(name: str, content: bytes, sought: Sought) -> bytes:
    """A file with the values masked; a workbook is put together anew."""
    held = list(_contents(name, content))
    made = [(part.name, sought.masked(each) or each) for part, each in held]
    if all(new == old for (_, new), (_, old) in zip(made, held, strict=True)):
        return content
    return containers.rebuild(made)
