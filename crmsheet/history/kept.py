"""What later versions need of versions that were pruned: a file of its own, named by its content and never changed.

Kept versions stay as they are when others are pruned: nothing is moved into their packs. So two machines that prune at
once write two such files, and whatever a sync client makes of both, nothing is missing.

Its sections are HEAD (JSON: `format`, `key`, `carried`: the ids of the versions whose manifests it holds, `table`: the
keyed digest of TABL), GONE, MANS (a zstd frame of JSON: version id -> lines as in MANF), TABL, BODY and SEAL.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import zstandard

from crmsheet.core.messages import N_
from crmsheet.history.container import Container, damaged, list_container, write_container
from crmsheet.history.gone import Gone, read_gone, write_gone
from crmsheet.history.keys import keyed

MAGIC = b"CRMKEPT1"
NAME = re.compile(r"kept-(?P<id>[0-9a-f]{16})(?P<copy>.*)\.pieces", re.DOTALL)
_LARGEST = 1 << 30
_NAMED = 16


@dataclass(frozen=True, slots=True)
class Kept(Container):
    """A file of kept pieces as listed; `carried` are the versions whose manifests it holds."""

    key: str
    carried: frozenset[str]
    gone: Gone

    def scripts(self) -> Mapping[str, list[str]]:
        """Version id -> the lines of its manifest, or of a script against another version's.

        Raises:
            HistoryDamaged: they cannot be read.
        """
        try:
            text = zstandard.ZstdDecompressor().decompress(self.section("MANS"), max_output_size=_LARGEST)
            return {str(version): list(lines) for version, lines in json.loads(text).items()}
        except (zstandard.ZstdError, ValueError, AttributeError, TypeError) as error:
            raise damaged(self.path, N_("its list of pieces is damaged")) from error


def read_kept(path: Path, keys: Mapping[str, bytes]) -> Kept:
    """A file of kept pieces by its first bytes.

    Raises:
        HistoryDamaged: it cannot be read, was cut off, or is not what its name says.
    """
    try:
        listed = list_container(path, MAGIC)
        head = listed.section("HEAD")
        facts = json.loads(head)
        key = keys.get(facts["key"])
        held, named = listed.held, NAME.fullmatch(path.name)
        if (key is not None and keyed(key, head).hex() != held.id) or not named or not held.id.startswith(named["id"]):
            raise damaged(path, N_("it is not the version that it says"))
        gone = read_gone(listed.section("GONE"), held.id, key)
        return Kept(path, held.id, held.sections, facts["key"], frozenset(facts["carried"]), gone)
    except OSError as error:
        raise damaged(path, N_("it cannot be read")) from error
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, N_("it is not a pack of this format")) from error


def write_kept(
    key_name: str, key: bytes, scripts: Mapping[str, Sequence[str]], table: bytes, body: bytes, gone: Gone
) -> tuple[str, bytes]:
    """The name of the file and its bytes."""
    facts = {"format": 1, "key": key_name, "carried": sorted(scripts), "table": keyed(key, table).hex()}
    head = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
    made_id = keyed(key, head).hex()
    texts = json.dumps({version: list(lines) for version, lines in scripts.items()}, separators=(",", ":"))
    sections = {
        "HEAD": head,
        "GONE": write_gone(gone, made_id, key),
        "MANS": zstandard.ZstdCompressor(level=9).compress(texts.encode()),
        "TABL": table,
        "BODY": body,
    }
    return f"kept-{made_id[:_NAMED]}.pieces", write_container(MAGIC, made_id, sections, key)
