"""Who saved a workbook last, as the file itself says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.parsers.expat import ExpatError

from crmsheet.book.package import open_package
from crmsheet.book.signature import XLSX, signature
from crmsheet.book.xml_events import walk
from crmsheet.core.errors import BookError

_PART = "docProps/core.xml"
_LONGEST = 80


def saved_by(files: Mapping[str, bytes]) -> str:
    """The name that the last program wrote into a workbook; '' where there is none, as in every CSV file."""
    content = files.get("", b"")
    if signature(content)[0] != XLSX:
        return ""
    said: list[str] = []
    inside: list[str] = []

    def text(words: str) -> None:
        if inside[-1:] == ["lastModifiedBy"]:
            said.append(words)

    try:
        package = open_package(Path(), content)
        if _PART in package:
            walk(package.read(_PART), lambda name, _: inside.append(name), lambda _: inside.__delitem__(-1), text)
    except (BookError, ExpatError):  # it tells nothing, and nothing depends on it
        return ""
    return " ".join("".join(said).split())[:_LONGEST]
