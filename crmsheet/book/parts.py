"""The parts that a file of a book consists of, each with its digest: what `sha256sum` would say of its content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from crmsheet.book.ooxml.package import Package, open_package
from crmsheet.book.opened import PartChange, PartsReceipt
from crmsheet.book.signature import XLSX, signature


@dataclass(frozen=True, slots=True)
class FilePart:
    """A member of a workbook, or a whole file: its bytes unpacked and as stored, and the SHA-256 of its content."""

    name: str
    size: int
    packed: int
    sha256: str


_Known = Mapping[bytes, tuple[bytes, str | None]]


def file_parts(files: Mapping[str, bytes]) -> tuple[FilePart, ...]:
    """The members of a workbook in the order of the file; of other files, each as a whole under its own name.

    Raises:
        BookCorrupt: a zip file that is not whole, or a member whose checksum is wrong.
        PatchRefused: a member is encrypted.
    """
    return tuple(part for name, content in files.items() for part in _parts(name, content))


def _parts(name: str, content: bytes) -> Iterator[FilePart]:
    if signature(content)[0] != XLSX:
        yield FilePart(name, len(content), len(content), hashlib.sha256(content).hexdigest())
        return
    package = open_package(content, name)
    for each in package.members:
        plain = package.read(each.name)
        yield FilePart(each.name, len(plain), each.packed, hashlib.sha256(plain).hexdigest())


def compared(
    before: Mapping[str, bytes], after: Mapping[str, bytes], known: _Known = MappingProxyType({})
) -> PartsReceipt:
    """What differs between two states of a book, found by comparing the stored bytes of every part.

    `after` holds the files that were written; those it lacks stand as they were. `known` spares unpacking (`Patched`).
    """
    changed: list[PartChange] = []
    untouched = len(before.keys() - after.keys())
    for name, content in after.items():
        old = before.get(name)
        if old == content:
            untouched += 1
        elif old is not None and signature(old)[0] == signature(content)[0] == XLSX:
            differing, same = _members(open_package(old, name), open_package(content, name), known)
            changed += differing
            untouched += same
        else:
            changed.append(PartChange(name, _sha256(old) if old is not None else "", _sha256(content)))
    return PartsReceipt(tuple(changed), untouched)


def _members(old: Package, new: Package, known: _Known) -> tuple[list[PartChange], int]:
    """The members that differ, and how many do not."""
    before, after = ({each.name for each in package.members} for package in (old, new))
    stays = [name for name in after if name in before and old.packed_as(name) == new.packed_as(name)]
    names = [each.name for each in (*new.members, *old.members)]
    differing = [name for name in dict.fromkeys(names) if name not in set(stays)]
    changed = [
        PartChange(
            name,
            _content_digest(old, name, known) if name in before else "",
            _content_digest(new, name, known) if name in after else "",
        )
        for name in differing
    ]
    return changed, len(stays)


def _content_digest(package: Package, name: str, known: _Known) -> str:
    found = known.get(hashlib.sha256(package.packed_as(name)).digest()) if known else None
    return _sha256(found[0] if found else package.read(name))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
