"""Names for versions: each a small file of its own that is never changed, so that two machines overwrite none.

A tag is JSON (`name`, `version`, `author`, `at`, `key`); its file is called by the start of the keyed digest of the
content, which proves it. Where two machines gave one name to two versions, both files stay and the later one counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.messages import N_, Message
from crmsheet.disk.durable import write_new
from crmsheet.history.keys import KEYLESS, keyed

_NAME = re.compile(r"tag-([0-9a-f]{16})")
_SIZE = 16
_MOST = 1 << 16


@dataclass(frozen=True, slots=True)
class Tag:
    """A name for the version of an id; who gave it, and when."""

    name: str
    version: str
    author: str
    at: str
    key: str


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags that stand in a folder, the latest last, by the paths of their files; and what of them is damaged."""

    files: Mapping[Path, Tag]
    damage: tuple[HistoryDamaged, ...] = ()

    @property
    def named(self) -> Mapping[str, str]:
        """Tag name -> id of its version."""
        return {tag.name: tag.version for tag in self.files.values()}


def read_tags(folder: Path, keys: Mapping[str, bytes]) -> Tags:
    """The tags of a history; one that was changed is left out where its key is there to tell."""
    found: dict[Path, Tag] = {}
    damage: list[HistoryDamaged] = []
    for path in sorted(folder.glob("tag-*")):
        named = _NAME.fullmatch(path.name)
        if not named:
            continue
        try:
            found[path] = _read(path, named[1], keys)
            if found[path].key not in keys:
                damage.append(HistoryDamaged(path=path, detail=Message(KEYLESS)))
        except (OSError, ValueError, TypeError, AttributeError) as error:
            damage.append(HistoryDamaged(path=path, detail=Message(N_("it is not the tag that it says"))))
            damage[-1].__cause__ = error
    return Tags(dict(sorted(found.items(), key=lambda each: (each[1].at, each[0].name))), tuple(damage))


def _read(path: Path, named: str, keys: Mapping[str, bytes]) -> Tag:
    """The tag of a file; ValueError where it is none, or another than the one that was written."""
    with path.open("rb") as file:
        content = file.read(_MOST)
    tag = Tag(**{name: str(value) for name, value in json.loads(content).items()})
    key = keys.get(tag.key)
    if key is not None and _digest(key, content) != named:
        raise ValueError(path.name)
    return tag


def write_tag(folder: Path, tag: Tag, key: bytes) -> Path:
    """Writes a tag; the path of its file.

    Raises:
        WriteFailed: the folder does not take it.
    """
    content = json.dumps(asdict(tag), sort_keys=True, separators=(",", ":")).encode()
    path = folder / f"tag-{_digest(key, content)}"
    write_new(path, content)
    return path


def _digest(key: bytes, content: bytes) -> str:
    return keyed(key, content).hex()[:_SIZE]
