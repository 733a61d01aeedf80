"""A pack: the file that holds one version. Its layout is told in docs/history-format.md.

Its sections are HEAD (what happened), STAT (digests of the book), GONE (what was destroyed), MANF (the manifest), TABL
and BODY (the pieces that it brought), and SEAL.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmsheet.core.messages import N_
from crmsheet.core.versions import Version
from crmsheet.history.container import Container, Listed, damaged, list_container, write_container
from crmsheet.history.gone import Gone, read_gone
from crmsheet.history.keys import keyed

MAGIC = b"CRMPACK1"
NAME = re.compile(r"v\d{6,9}-(?P<id>[0-9a-f]{12})(?P<copy>.*)\.(?:pack|intent)", re.DOTALL)
"""`id` is its start; `copy` is what a sync client put in for a copy."""
SECTIONS = ("HEAD", "STAT", "GONE", "MANF", "TABL", "BODY")
_NONCE = 16


@dataclass(frozen=True, slots=True)
class Pack(Container):
    """A pack as listed: its version, and where its sections lie.

    `changes` are the pieces of its change set; `replaces` is the digest of the book that it was made to replace, '' for
    versions that were found; `sealed` says that its last section proves every byte of it.
    """

    version: Version
    key: str
    manifest: str
    changes: tuple[bytes, ...]
    files: Mapping[str, str]
    replaces: str
    gone: Gone
    sealed: bool


def file_name(number: int, version_id: str, *, sealed: bool) -> str:
    """The name of a pack's file; the id in it keeps versions of two machines apart."""
    return f"v{number:06}-{version_id[:12]}.{'pack' if sealed else 'intent'}"


def write_pack(version_id: str, sections: Mapping[str, bytes], key: bytes | None) -> bytes:
    """The bytes of a pack."""
    return write_container(MAGIC, version_id, sections, key)


def read_pack(path: Path, keys: Mapping[str, bytes]) -> Pack:
    """A pack by its first bytes; the id is proved where the key is there.

    Raises:
        HistoryDamaged: it cannot be read, was cut off, or is not the version that it says.
    """
    try:
        return _pack(list_container(path, MAGIC), keys)
    except OSError as error:
        raise damaged(path, N_("it cannot be read")) from error
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, N_("it is not a pack of this format")) from error


def _pack(listed: Listed, keys: Mapping[str, bytes]) -> Pack:
    """The pack of a file, proved as far as its first sections go."""
    held = listed.held
    head = listed.section("HEAD")
    facts = json.loads(head)
    key = keys.get(facts["key"])
    named = NAME.fullmatch(held.path.name)
    if (key is not None and keyed(key, head).hex() != held.id) or named is None or not held.id.startswith(named["id"]):
        raise damaged(held.path, N_("it is not the version that it says"))
    gone = read_gone(listed.section("GONE"), held.id, key)
    state = _state(held.path, listed.section("STAT"), facts["state"]) or (gone.state if gone.proved else {})
    return Pack(
        path=held.path,
        id=held.id,
        sections=held.sections,
        version=_version(held.id, facts, state, gone),
        key=facts["key"],
        manifest=facts["manifest"],
        changes=tuple(bytes.fromhex(each) for each in facts["changes"]),
        files=dict(state.get("files", {})),
        replaces=state.get("replaces", ""),
        gone=gone,
        sealed=bool(facts.get("sealed")),
    )


def _state(path: Path, content: bytes, commitment: str) -> Mapping[str, Any]:
    """The digests of the files; empty where they were destroyed with what they were digests of."""
    if not content:
        return {}
    if keyed(content[:_NONCE], content[_NONCE:]).hex() != commitment:
        raise damaged(path, N_("it is not the version that it says"))
    state: Mapping[str, Any] = json.loads(content[_NONCE:])
    return state


def _version(version_id: str, facts: Mapping[str, Any], state: Mapping[str, Any], gone: Gone) -> Version:
    return Version(
        id=version_id,
        number=int(facts["number"]),
        parent=next(iter(facts["parents"]), ""),
        author=facts["author"],
        at=facts["at"],
        command=facts["command"],
        message=facts["message"],
        sha256=state.get("sha256", ""),
        origin=facts["origin"],
        counts=dict(facts["counts"]),
        parents=tuple(facts["parents"]),
        gone=gone.kind,
    )
