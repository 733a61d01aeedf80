"""The key of a history: 32 random bytes in a file named by their digest, so that two machines never overwrite one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

from crmsheet.core.messages import N_
from crmsheet.disk.durable import write_new

_SIZE = 32
KEYLESS = N_("its key is missing, so nobody can tell whether it was changed")


def keyed(key: bytes, content: bytes | memoryview) -> bytes:
    """HMAC-SHA256, the only digest of the format."""
    return hmac.digest(key, content, "sha256")


def read_keys(folder: Path) -> Mapping[str, bytes]:
    """All sound keys of a history, by their names; two machines that began at once leave two.

    A copy that a sync client left of a key is as good as the key.
    """
    found: dict[str, bytes] = {}
    for path in sorted(folder.glob("key-*")):
        try:
            key = path.read_bytes()
        except OSError:
            continue
        if len(key) == _SIZE and path.name.startswith(f"key-{key_name(key)}"):
            found[key_name(key)] = key
    return found


def make_key(folder: Path) -> tuple[str, bytes]:
    """A new key, kept in the folder.

    Raises:
        WriteFailed: the folder does not take it.
    """
    key = secrets.token_bytes(_SIZE)
    write_new(folder / f"key-{key_name(key)}", key)
    return key_name(key), key


def key_name(key: bytes) -> str:
    """The first 16 hex digits of the key's SHA-256."""
    return hashlib.sha256(key).hexdigest()[:16]
