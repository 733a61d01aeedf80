"""Formulas that come from another workbook: whether everything that they read is here, and how they read if not.

A spreadsheet program calls a file damaged whose formulas name a sheet, an Excel table or a workbook that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

_TOKEN = re.compile(
    r'"(?:[^"]|"")*"'
    r"|\#REF!(?:\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d+)?)?"
    r"|(?P<prefix>'(?:[^']|'')+'|(?:[^\s'\"!,;()+*/&=<>^{}\[\]#@-]*\[[^\[\]]+\])?[^\s'\"!,;()+*/&=<>^{}\[\]#@-]*)!"
    r"(?:\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d+)?\#?(?![\w.(])|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?![\w.(])"
    r"|\$?\d+:\$?\d+|\#REF!|(?P<name>[\w.\\?]+)(?:\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\])?)"
    r"|(?P<table>[^\W\d][\w.\\]*)(?P<columns>\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\])"
    r"|\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\]"
    r"|(?P<word>[^\W\d][\w.\\?]*)",
    re.DOTALL,
)
_BOOK = re.compile(r"(?P<folder>[^\[]*)\[(?P<book>[^\]]+)\](?P<sheet>.*)", re.DOTALL)
_LOST = "#REF!"


def sheets_read(text: str) -> frozenset[str]:
    """The folded names of the sheets of its own workbook that a formula names."""
    found: set[str] = set()
    for match in _TOKEN.finditer(text):
        if match["prefix"]:
            linked = _BOOK.fullmatch(_bare(match["prefix"]))
            if linked is None or linked["book"] == "0":
                found.update((linked["sheet"] if linked else _bare(match["prefix"])).lower().split(":"))
    return frozenset(found)


def _bare(prefix: str) -> str:
    return prefix[1:-1].replace("''", "'") if prefix.startswith("'") else prefix


class Reading(NamedTuple):
    """A formula as it reads in our workbook, and whether it reads everything that it did."""

    text: str
    whole: bool


@dataclass(slots=True)
class Formulas:
    """What a formula may read in our workbook.

    `sheets` and `tables` are folded names, `books` the numbers of linked workbooks that are the same in both,
    `renamed` folded name of a table -> its name here; `words` collects every word, to find the defined names in use.
    """

    sheets: frozenset[str]
    tables: frozenset[str] = frozenset()
    books: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    def read(self, text: str) -> Reading:
        """The formula with `#REF!` for what is not here."""
        whole = True

        def token(match: re.Match[str]) -> str:
            nonlocal whole
            if match["prefix"] is not None:
                self.words.add((match["name"] or "").lower())
                if self._knows(match["prefix"]):
                    return match[0]
            elif match["table"] is not None:
                folded = match["table"].lower()
                if folded in self.tables:
                    return self.renamed.get(folded, match["table"]) + match["columns"]
            elif match["word"] is not None:
                self.words.add(match["word"].lower())
                return self.renamed.get(match["word"].lower(), match[0])
            else:
                return match[0]
            whole = False
            return _LOST

        return Reading(_TOKEN.sub(token, text), whole)

    def _knows(self, prefix: str) -> bool:
        """Whether the sheets or the book before an exclamation mark are here."""
        name = _bare(prefix)
        linked = _BOOK.fullmatch(name)
        if linked:
            if not linked["book"].isdigit():  # a path that is written out says the same everywhere
                return True
            if linked["book"] != "0":
                return linked["book"] in self.books
            name = linked["sheet"]
            if not name:
                return True
        return all(each.lower() in self.sheets for each in name.split(":"))
