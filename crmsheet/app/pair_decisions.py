"""The file beside a book in which decisions on duplicates stand: text, so that people and git can read and merge it."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crmsheet.app.opening import Loaded, successor
from crmsheet.app.refusals import reason
from crmsheet.book.lock import SHORTLY, Patience, locked_to_crmsheet
from crmsheet.core.book import Table
from crmsheet.core.errors import BookUnreadable
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.disk.durable import sweep, write_new
from crmsheet.match.decision_lines import Unread, line_of, parse
from crmsheet.match.decisions import Decision, contradicting, decided, where_merged
from crmsheet.resources import speech

SUFFIX = ".decisions.txt"
_HEAD = (
    N_("Which customers are the same, and which are not: what people decided about duplicates of {book}."),
    N_("One decision a line, with a tab between the columns; of two on the same customers the lower one holds:"),
    N_("decision (same, different or later), customer, customer, who, when, values to keep"),
    N_("Lines may be added, corrected and deleted by hand. `crmsheet dedupe {book} --review` asks for what is open."),
)
_UNREAD = N_("{file}, line {line}, counts for nothing: {why}")
_MORE_UNREAD = N_("{file}: {count:,} more lines count for nothing.")
_GONE = N_("{file}: no customer has the key {keys}; what was decided about it counts for nothing.")
_PROPOSED = N_(
    "{file}: {keys} is no key in the book yet, only a proposal; what was decided about it counts for nothing before "
    "`crmsheet adopt {book} --write` has written the keys."
)
_CONTRADICTION = N_(
    "{file}: {left} and {right} are decided to be different, and by way of others the same; so the latter counts for "
    "nothing. Correct one of the lines."
)
_SHOWN = 5
_ENCODINGS = ("utf-8", "gb18030")
"""What editors write: the second is that of the Windows editor in China."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Held:
    """What the file of a book holds: its decisions in their order, and the lines that are none."""

    decisions: tuple[Decision, ...] = ()
    unread: tuple[Unread, ...] = ()


def decisions_path(book: Path) -> Path:
    """Where the decisions on a book stand: beside it, also where the book is a folder."""
    whole = book.resolve() if book.name in ("", ".", "..") else book
    return whole.with_name(f"{whole.name}{SUFFIX}")


def home(loaded: Loaded) -> Path:
    """The book beside which decisions stand: of one that is only read, the workbook in which it goes on."""
    return successor(loaded.path) if loaded.opened.foreign else loaded.path


def held(book: Path) -> Held:
    """What stands in the file beside a book; nothing where there is none.

    Raises:
        BookUnreadable: the file may not be read.
    """
    return Held(*parse(_text(_content(decisions_path(book)))))


def decisions_of(book: Path) -> tuple[Decision, ...]:
    """The decisions beside a book, in the order of their lines: of those on the same customers the last one holds."""
    return held(book).decisions


def known_to(loaded: Loaded) -> tuple[Decision, ...]:
    """The decisions on customers whose keys stand in the book: a proposed key may be another's tomorrow."""
    proposed = proposed_keys(loaded)
    return tuple(each for each in decisions_of(home(loaded)) if not proposed.intersection(each.pair))


def proposed_keys(loaded: Loaded) -> frozenset[str]:
    """The keys that customers have been given for this run, and that nobody has written yet."""
    places = zip(*(loaded.keys.column(name) for name in ("kind", "table", "after")), strict=True)
    return frozenset(str(after) for kind, table, after in places if kind == "set" and table == "customers")


def decide(
    book: Path, decisions: Sequence[Decision], lang: str = "zh", tell: Callable[[Message], None] = lambda _: None
) -> None:
    """Adds decisions to the file beside a book, all or none; a new file explains itself in `lang`.

    It holds the lock of the book against other crmsheet only: a spreadsheet program may have the book open.

    Raises:
        BookLocked: another crmsheet is at work on the book, and does not end.
        WriteFailed: the folder or the disk does not take it.
        BookUnreadable: the file may not be read.
    """
    with locked_to_crmsheet(book, Patience(SHORTLY, tell=tell)):
        content = _content(decisions_path(book)) or _head(book, lang).encode()
        _write(book, _with_lines(content, map(line_of, decisions)))


def take_back(book: Path, decision: Decision, tell: Callable[[Message], None] = lambda _: None) -> None:
    """Takes the last line that says just this out of the file; every other line stays as it is.

    Raises:
        BookLocked, WriteFailed, BookUnreadable: as for `decide`.
    """
    with locked_to_crmsheet(book, Patience(SHORTLY, tell=tell)):
        lines = _content(decisions_path(book)).splitlines(keepends=True)
        wanted = line_of(decision).encode()
        at = next((at for at in reversed(range(len(lines))) if lines[at].strip() == wanted), None)
        if at is not None:
            _write(book, b"".join(lines[:at] + lines[at + 1 :]))


def notes(loaded: Loaded) -> tuple[Text, ...]:
    """What in the file has no effect: lines that are no decision, keys that nobody has, decisions at odds."""
    found = held(home(loaded))
    customers = loaded.book.tables.get("customers")
    if customers is None or not (found.decisions or found.unread):
        return ()
    file = decisions_path(home(loaded)).name
    told = [Message(_UNREAD, {"file": file, "line": each.line, "why": each.why}) for each in found.unread[:_SHOWN]]
    if len(found.unread) > _SHOWN:
        told.append(Message(_MORE_UNREAD, {"file": file, "count": len(found.unread) - _SHOWN}))
    return (*told, *_without_effect(loaded, customers, found.decisions, file), *_at_odds(loaded, customers, file))


def _without_effect(loaded: Loaded, customers: Table, decisions: Iterable[Decision], file: str) -> Iterator[Message]:
    """A sentence on the keys that no customer has, and one on those that are only proposed."""
    there, proposed = frozenset(customers.keys().tolist()), proposed_keys(loaded)
    named = dict.fromkeys(key for each in decisions for key in each.pair)
    for template, lost in (
        (_GONE, [key for key in named if key not in there]),
        (_PROPOSED, [key for key in named if key in proposed]),
    ):
        if lost:
            keys = chained(lost[:_SHOWN] + ["…"] * (len(lost) > _SHOWN), N_(", "))
            yield Message(template, {"file": file, "book": loaded.path.name, "keys": keys})


def _at_odds(loaded: Loaded, customers: Table, file: str) -> Iterator[Message]:
    """A sentence for each two that are decided to differ, and by way of others to be the same."""
    keys = customers.keys().tolist()
    said = decided(known_to(loaded), keys, where_merged(customers))
    for left, right in contradicting(len(keys), said)[:_SHOWN]:
        yield Message(_CONTRADICTION, {"file": file, "left": keys[left], "right": keys[right]})


def _content(path: Path) -> bytes:
    """The bytes of the file, none where it is not there."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise BookUnreadable(path=path.name, detail=reason(error)) from error


def _text(content: bytes) -> str:
    """The text, whatever editor saved it, line by line: those of two editors may stand in two encodings."""
    if content.startswith(_UTF_16):
        return content.decode("utf-16", "replace")
    return "\n".join(map(_line, content.split(b"\n")))


def _line(content: bytes) -> str:
    for encoding in _ENCODINGS:
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    return content.decode("utf-8", "replace")


def _with_lines(content: bytes, lines: Iterable[str]) -> bytes:
    """The content with more lines, in its own line ends; every byte of it stays, but those of UTF-16, which is text."""
    if content.startswith(_UTF_16):
        content = _text(content).encode()
    end = b"\r\n" if b"\r\n" in content else b"\n"
    if content and not content.endswith(b"\n"):
        content += end
    return content + b"".join(line.encode() + end for line in lines)


def _head(book: Path, lang: str) -> str:
    say = speech(lang).say
    return "".join(f"# {say(Message(each, {'book': book.name}))}\n" for each in _HEAD) + "\n"


def _write(book: Path, content: bytes) -> None:
    path = decisions_path(book)
    sweep(path.parent, path.name, alone=True)
    write_new(path, content)
