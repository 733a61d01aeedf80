"""Telling a repository of git how workbooks and book CSVs are compared and merged, and taking that back."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmsheet.app.git_blocks import Lines
from crmsheet.app.git_books import WORKBOOKS, Books, attributes_of, books_in, pattern
from crmsheet.app.git_calls import Repository, repository
from crmsheet.app.pair_decisions import SUFFIX
from crmsheet.app.refusals import reason
from crmsheet.app.schemas import load_schema
from crmsheet.core.errors import WriteFailed
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Outcome, Section
from crmsheet.disk.durable import remove, sweep, write_new

ATTRIBUTES, IGNORED = ".gitattributes", ".gitignore"
_WORDS = "diff=crmsheet merge=crmsheet -text"
"""`-text`: git must change neither the bytes of a workbook nor the line ends of a CSV file."""
_KEPT_OUT = (".crmsheet/", "~$*", ".~lock.*#", ".*.tmp")
"""The history (it holds personal values, and the repository has a history of its own), and marks of open files."""
_CACHE = "refs/notes/textconv/crmsheet"
_SECTIONS = ("diff.crmsheet", "merge.crmsheet")
_DONE = N_(
    "`git diff`, `log -p` and `show` read books by customer and field; `merge`, `rebase` and `stash pop` merge them."
)
_LINES_IN = N_("{file}: {count} lines, from `# >>> crmsheet` on.")
_SHARED = N_("Commit {files}; whoever clones the repository runs `crmsheet git install` once in the clone.")
_GONE = N_(
    "Git treats workbooks as it did before; {files} are byte for byte what they were but for lines that others wrote."
)
_NEVER = N_("Git was not set up by crmsheet here; nothing was changed.")
_NOT_YET = N_("Git is not set up here: `crmsheet git install` does it.")
_STALE = N_("The command in the settings of git is not that of this crmsheet: `crmsheet git install` sets it anew.")
_BARE = N_("A bare repository: the lines stand in {file}, for workbooks only.")
_TRACKED = N_(
    "The history of crmsheet is committed here ({file}), with the personal values in it: "
    "`git rm -r --cached {folder}` takes it out of the next commit."
)
_LFS = N_("{file} is kept by Git LFS: its differences are shown, but a merge leaves it as it is and says so.")
_OVERRULED = N_("other lines of .gitattributes overrule those of crmsheet")
_NOT_COVERED = N_("not set up: run `crmsheet git install` again")
_COVERED = N_("compared and merged by customer and field")
_TITLES = (Message(N_("Book")), Message(N_("In git")))
_BOOKS = N_("Books in the repository")


@dataclass(frozen=True, slots=True)
class _Files:
    """Where the lines for attributes stand, and those for what is ignored (None in a bare repository)."""

    attributes: Path
    ignored: Path | None

    @property
    def all(self) -> tuple[Path, ...]:
        return (self.attributes,) if self.ignored is None else (self.attributes, self.ignored)


def install(folder: Path) -> Outcome:
    """Sets up the repository that a folder lies in; a second time it changes nothing but what is out of date.

    Raises:
        GitMissing, NoRepository, GitRefused: git is not there, or does not want to.
        WriteFailed: a file cannot be written.
    """
    place = repository(folder)
    files = _files(place)
    books = books_in(place)
    suffixes = [f"*{each}" for suffix in WORKBOOKS for each in (suffix, suffix.upper())]
    lines = [f"{each} {_WORDS}" for each in (*suffixes, *map(pattern, books.csv))]
    lines.append(f"*{SUFFIX} merge=union")  # what two people decided about duplicates: the lines of both
    _change(files.attributes, lines)
    if files.ignored is not None:
        _change(files.ignored, _KEPT_OUT)
    for name, value in _settings(place).items():
        place.ask("config", "--local", name, value)
    place.wonder("update-ref", "-d", _CACHE)  # texts made by an older crmsheet, or by an older schema
    told = [Message(_LINES_IN, {"file": each.name, "count": len(_read(each).ours)}) for each in files.all]
    names = chained([each.name for each in files.all], N_(" and "))
    last = Message(_BARE, {"file": str(files.attributes)}) if place.bare else Message(_SHARED, {"files": names})
    return _outcome("git install", place, books, [Message(_DONE), *told, last])


def uninstall(folder: Path) -> Outcome:
    """Takes back what `install` set; lines that others wrote stay.

    Raises:
        GitMissing, NoRepository, GitRefused, WriteFailed: as for `install`.
    """
    place = repository(folder)
    files = _files(place)
    ours = [each for each in files.all if _read(each).ours]
    known = [each for each in _SECTIONS if place.wonder("config", "--local", "--get-regexp", f"^{re.escape(each)}\\.")]
    for section in known:
        place.ask("config", "--local", "--remove-section", section)
    place.wonder("update-ref", "-d", _CACHE)
    for each in ours:
        _write(each, _read(each).without())
    names = chained([each.name for each in files.all], N_(" and "))
    said = Message(_GONE, {"files": names}) if ours or known else Message(_NEVER)
    return Outcome("git uninstall", place.top.name, notes=(said,))


def status(folder: Path) -> Outcome:
    """Whether a repository is set up, and what that means for each of its books.

    Raises:
        GitMissing, NoRepository, GitRefused: as for `install`.
    """
    place = repository(folder)
    wanted = _settings(place)
    found = {name: (place.wonder("config", "--local", name) or "").rstrip("\n") for name in wanted}
    first = _NOT_YET if not any(found.values()) else _DONE if found == wanted else _STALE
    return _outcome("git status", place, books_in(place), [Message(first)])


def _settings(place: Repository) -> Mapping[str, str]:
    """The settings of git, by their names; they hold in any folder and for paths of any spelling."""
    command = _command()
    names = sorted(
        {
            name
            for table in load_schema(Path()).tables.values()
            if "name" in table
            for name in table["name"].labels.values()
        }
    )
    return {
        "diff.crmsheet.textconv": f"{command} git textconv",
        # Git signs what it keeps of texts; without a name to sign with, it would fail to show them.
        "diff.crmsheet.cachetextconv": "false" if place.wonder("var", "GIT_COMMITTER_IDENT") is None else "true",
        # The line that tells whose fields a stretch of a diff shows.
        "diff.crmsheet.xfuncname": f"^([^/]+/.+/({'|'.join(map(re.escape, names))}): .*)$",
        "merge.crmsheet.name": "crmsheet, by customer and field",
        "merge.crmsheet.driver": f"{command} git merge-driver %O %A %B %P",
        # Where git merges two ancestors first, their own ancestor is a better base than a merge nobody decided.
        "merge.crmsheet.recursive": "binary",
    }


def _command() -> str:
    """How the shell of git, also that on Windows, calls this crmsheet: by the interpreter, which is always there.

    `-P` keeps Python from importing what a repository happens to hold in its top folder.
    """
    if not sys.executable:
        return shlex.quote(Path(shutil.which("crmsheet") or "crmsheet").as_posix())
    return f"{shlex.quote(Path(sys.executable).as_posix())} -P -m crmsheet"


def _files(place: Repository) -> _Files:
    if place.bare:
        return _Files(place.shared / "info" / "attributes", None)
    return _Files(place.top / ATTRIBUTES, place.top / IGNORED)


def _read(file: Path) -> Lines:
    try:
        return Lines(file.read_bytes() if file.exists() else None)
    except OSError as error:
        raise WriteFailed(path=file, detail=reason(error)) from error


def _change(file: Path, lines: Sequence[str]) -> None:
    """Puts lines into our block of a file; one that has them is not touched."""
    before = _read(file)
    if before.ours != tuple(lines):
        _write(file, before.having(lines))


def _write(file: Path, lines: Lines) -> None:
    file = file.resolve()
    if file.parent.is_dir():
        sweep(file.parent, file.name, alone=False)
    if lines.content is None:
        remove(file)
    else:
        file.parent.mkdir(exist_ok=True)
        write_new(file, lines.content)


def _outcome(command: str, place: Repository, books: Books, notes: Sequence[Text]) -> Outcome:
    """What is told of a repository: sentences, what should not be as it is, and its books."""
    held = attributes_of(place, books)
    large = [Message(_LFS, {"file": path}) for path, each in held.items() if each.get("filter") == "lfs"]
    ours = _read(_files(place).attributes).ours
    rows = tuple((path, Message(_standing(path, each, "\n".join(ours)))) for path, each in held.items())
    sections = (Section(Message(_BOOKS), _TITLES, rows, name="books"),) if rows else ()
    notes = (*notes, *_committed_history(place), *large)
    return Outcome(command, place.top.name, notes=notes, sections=sections, counts={"books": len(rows)})


def _committed_history(place: Repository) -> Iterator[Message]:
    """A sentence where a history of crmsheet is in the repository itself."""
    tracked = [] if place.bare else place.ask("ls-files", "-z").split("\0")
    file = next((each for each in tracked if "/.crmsheet/" in f"/{each}"), "")
    if file:
        folder = file.partition(".crmsheet/")[0] + ".crmsheet"
        yield Message(_TRACKED, {"file": file, "folder": shlex.quote(folder)})


def _standing(path: str, held: Mapping[str, str], ours: str) -> str:
    """How git treats a book."""
    if held.get("diff") == held.get("merge") == "crmsheet" and held.get("text") == "unset":
        return _COVERED
    covered = path.lower().endswith(WORKBOOKS) or pattern(path) in ours
    return _OVERRULED if ours and covered else _NOT_COVERED
