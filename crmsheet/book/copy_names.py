"""Names of copies: what synchronising, a browser or Windows makes of the name of a file that is there already."""

from __future__ import annotations

import re
from pathlib import PurePath

_SAYS_SO = re.compile(
    r"conflicted copy|conflict[ _-]\d|sync-conflict|冲突(?:副本|文件|版本|的副本)|\(case conflict"
    r"| - (?:副本|copy)(?: ?\(\d+\))?\.\w+$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"""(?ix)
    [ ]? [(\[（【] .* (?:conflict|冲突|副本|\bcopy\b) .* [)\]）】]   # Dropbox, Nextcloud, Seafile, 坚果云
    | [ ._-] .* (?:conflict|冲突|副本|\bcopy\b) .*                  # Syncthing, Synology, 百度网盘, Windows
    | [ ]? [(（] \d{1,3} [)）]                                      # Google Drive, browsers
    | [ ] \d{1,2}                                                   # iCloud
    | 的副本 .*                                                     # macOS
    | - .+ -(?:PC|MacBook|MBP) (?:-\d+)?                            # OneDrive: the name of a computer
    """
)
_COMPUTER = re.compile(r"-(?=[A-Z0-9-]*[A-Z])[A-Z0-9]{2,}(?:-[A-Z0-9]+)*")
"""What OneDrive adds where a computer is called DESKTOP-4F2K1."""
_BEFORE = re.compile(r"(?:copy of|副本|复件)(?: ?\(\d+\))?[ _-]?(?:of )?", re.IGNORECASE)


def is_copy(name: str) -> bool:
    """Whether the name of a file says, by itself, that it is a copy."""
    return _SAYS_SO.search(name) is not None


def is_copy_of(name: str, original: str) -> bool:
    """Whether a name is what programs make for a copy of another file that is there already."""
    stem, other = PurePath(name), PurePath(original)
    if stem.suffix.lower() != other.suffix.lower() or name == original:
        return False
    if stem.stem.startswith(other.stem):
        rest = stem.stem[len(other.stem) :]
        return bool(_AFTER.fullmatch(rest) or _COMPUTER.fullmatch(rest))
    return stem.stem.endswith(other.stem) and bool(_BEFORE.fullmatch(stem.stem[: -len(other.stem)]))
