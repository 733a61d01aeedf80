"""Files beside a book that look like copies of it: 客户表(1), 客户表-最终版, what a synchronised folder left."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et", ".csv", ".tsv"})
_COPY = re.compile(
    r"\s*[-_. (（\[【]*(?:"
    r"(?<=[-_. (（])(?:[^()（）]*'s )?conflict(?:ed)?[ _-]?copy[^()（）]*|(?<=[-_. (（])[^-()（）]*冲突[^()（）]*"
    r"|sync-conflict-[\w-]+"
    r"|(?:最终版?|终版|定稿|最新版?|新版?|旧版?|副本|复制|拷贝|备份|修改版?|copy|final|latest|new|old|backup|bak)\s?\d?"
    r"|v\d{1,2}|第[\d一二三四五六七八九十]+版|20\d{2}[-.年]?\d{2}[-.月]?\d{2}日?|(?<=[(（])\d{1,2}(?=[)）])"
    r")[)）\]】]*\s*$",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"^\s*(?:copy of|复制|副本|备份)[-_ ]*", re.IGNORECASE)
_MOST = 2000
"""Files of a folder that are looked at: a folder of downloads may have any number."""


def copies_beside(path: Path) -> tuple[str, ...]:
    """The names of the files beside a book that differ from its name only in what copies are called by, in order."""
    mine = _bare(path.stem)
    try:
        beside = [each for _, each in zip(range(_MOST), path.absolute().parent.iterdir(), strict=False)]
    except OSError:
        return ()
    names = (each.name for each in beside if each.suffix.lower() in SUFFIXES and each.name != path.name)
    return tuple(sorted(name for name in names if name[0] not in "~." and _bare(Path(name).stem) == mine))


def _bare(stem: str) -> str:
    """A name without the marks of copies, folded; a name that is nothing but marks stays."""
    name = unicodedata.normalize("NFKC", stem).casefold().strip()
    while True:
        shorter = _BEFORE.sub("", _COPY.sub("", name)).strip()
        if shorter == name or not shorter:
            return name
        name = shorter
