"""A book as it was at a revision of git: its bytes, also under the name that it had then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from crmsheet.app.git_calls import Repository, repository, run
from crmsheet.book.members import CSV_SUFFIXES, members_among
from crmsheet.core.errors import GitRefused, RevisionUnknown, RevisionWithout
from crmsheet.core.messages import N_, Message, Text, chained

_BOOKS = (".xlsx", ".xlsm", *CSV_SUFFIXES)
_NAMED = 5
"""Books of a revision that a sentence names."""
_ALIKE = "-M30%"
"""How alike a file must be to be the same under another name: that of a workbook changes a lot with every save."""
_NOTHING = N_("no workbook and no CSV file")


def files_at(path: Path, revision: str) -> Mapping[str, bytes]:
    """Member name -> bytes of a book at a revision (`HEAD~1`, a branch, a tag, a commit, or `revision:path`).

    The book is a file or a folder of CSV files; filters of the repository (line ends, large files) are done as in a
    checkout. A book that was renamed since is found under its old name. The path in `revision:path` counts from the
    top of the repository, with `./` in front from the folder of the book.

    Raises:
        GitMissing, NoRepository: there is no git, or no repository around the book.
        RevisionUnknown: it names no commit.
        RevisionWithout: the book was not there.
    """
    book = path.absolute()
    around = next(each for each in book.parents if each.is_dir())
    place = repository(around)
    named, mark, inside = revision.partition(":")
    commit = _commit(place, named, path)
    own = place.prefix + book.relative_to(around).as_posix()
    if mark:
        names: Iterator[str] = iter((place.prefix + inside[2:] if inside.startswith("./") else inside,))
    else:
        names = _names(place, commit, own)
    for name in names:
        kind = place.wonder("cat-file", "-t", f"{commit}:{name}")
        if kind is not None:
            return _folder(place, commit, name) if kind.strip() == "tree" else {"": _file(place, commit, name)}
    facts: Mapping[str, Text] = {"example": own, "there": _there(place, commit)}
    raise RevisionWithout(path=inside or path.name, revision=named, **facts)


def parted_at(path: Path, revision: str) -> str | None:
    """The commit from which a revision and the one that is checked out around a book go on; None where there is none.

    Raises:
        GitMissing, NoRepository: there is no git, or no repository around the book.
    """
    place = repository(path.absolute().parent)
    found = place.wonder("merge-base", "HEAD", revision.partition(":")[0])
    return found.strip() if found else None


def _commit(place: Repository, named: str, path: Path) -> str:
    """The id of the commit that a revision names; without a name that of HEAD, as in `:path` of a command line."""
    try:
        return place.ask("rev-parse", "--verify", "--end-of-options", f"{named or 'HEAD'}^{{commit}}").strip()
    except GitRefused as error:
        raise RevisionUnknown(revision=named, path=path.name) from error


def _names(place: Repository, commit: str, own: str) -> Iterator[str]:
    """The names under which a book may be found in a commit, its own first; others cost git more time."""
    yield own
    followed = place.wonder("log", "--follow", "--format=", "--name-only", "-z", "--", own) or ""
    yield from dict.fromkeys(each.strip("\n") for each in followed.split("\0") if each.strip("\n") not in ("", own))
    words = ("diff", "--name-status", "-z", "--diff-filter=R", _ALIKE, commit, "HEAD")
    parts = (place.wonder(*words) or "").split("\0")
    yield from (old for old, new in zip(parts[1::3], parts[2::3], strict=False) if new == own)
    yield from (folder + own[len(new) :] for folder, new in _moved_folders(parts, own) if own == new)


def _moved_folders(parts: list[str], own: str) -> Iterator[tuple[str, str]]:
    """The folders in which the files of a folder of CSV files lay before it was renamed, as old and new name."""
    for old, new in zip(parts[1::3], parts[2::3], strict=False):
        if new.startswith(f"{own}/") and "/" in old:
            yield old.rpartition("/")[0], own


def _folder(place: Repository, commit: str, name: str) -> Mapping[str, bytes]:
    """The CSV files of a folder."""
    listed = (each.partition("\t") for each in place.ask("ls-tree", "-z", f"{commit}:{name}").split("\0"))
    members = members_among(called for about, _, called in listed if " blob " in about)
    if not members:
        raise RevisionWithout(path=name, revision=commit[:8], example=name, there=_there(place, commit))
    return {each: _file(place, commit, f"{name}/{each}") for each in members}


def _file(place: Repository, commit: str, name: str) -> bytes:
    """A file as a checkout would write it."""
    return run(place.top, "cat-file", "--filters", f"{commit}:{name}")


def _there(place: Repository, commit: str) -> Text:
    """The books of a commit, in words."""
    listed = map(PurePosixPath, place.ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit).split("\0"))
    books = [str(each) for each in listed if each.suffix.lower() in _BOOKS and not each.name.startswith((".", "~"))]
    shown: list[Text] = [*books[:_NAMED], *(["…"] if len(books) > _NAMED else [])]
    return chained(shown, N_(", ")) if books else Message(_NOTHING)
