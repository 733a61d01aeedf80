"""What was taken out of a file of a history on purpose, by whom, when and why: the section GONE.

32 bytes HMAC(key, id of the file + JSON), then the JSON: `records`, each with `kind` ("redacted" or "pruned"), `by`,
`at`, `why` and `pieces` (id of a destroyed piece -> id of the piece in its place, or ""); and `state`, the digests of
the book where STAT had to go only because it named the digest of another, destroyed state.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from crmsheet.history.keys import keyed

REDACTED, PRUNED = "redacted", "pruned"
_PROOF = 32


@dataclass(frozen=True, slots=True)
class Record:
    """One redaction or pruning."""

    kind: str
    by: str
    at: str
    why: str = ""
    pieces: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gone:
    """The records of a file; `proved` is False where its key is there and says that somebody else wrote them."""

    records: tuple[Record, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    proved: bool = True

    @property
    def kind(self) -> str:
        """What became of the version: pruned, redacted, or '' for one that is whole."""
        kinds = {each.kind for each in self.records}
        return PRUNED if PRUNED in kinds else REDACTED if REDACTED in kinds else ""


def read_gone(content: bytes, owner: str, key: bytes | None) -> Gone:
    """The records of a section; what cannot be read is a section without a proof."""
    if not content:
        return Gone()
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        facts = json.loads(content[_PROOF:])
        records = tuple(Record(**each) for each in facts["records"])
        return Gone(
            records, dict(facts["state"]), key is None or _proof(key, owner, content[_PROOF:]) == content[:_PROOF]
        )
    return Gone(proved=False)


def write_gone(gone: Gone, owner: str, key: bytes | None) -> bytes:
    """The section; empty where there is nothing to tell."""
    if not gone.records and not gone.state:
        return b""
    facts = {"records": [asdict(each) for each in gone.records], "state": dict(gone.state)}
    content = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
    return (bytes(_PROOF) if key is None else _proof(key, owner, content)) + content


def _proof(key: bytes, owner: str, content: bytes) -> bytes:
    return keyed(key, bytes.fromhex(owner) + content)
