"""Two new records under one key: one customer whom both sides entered, or two that got the same next number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crmsheet.change.uniting import is_computed
from crmsheet.core.cells import same_cell, visible
from crmsheet.core.folding import fold
from crmsheet.core.messages import cell_words
from crmsheet.core.schema import Field, TableSchema

_IDENTIFIERS = ("phone", "email", "uscc", "id_card")
_STAMPS = frozenset({"created_at", "updated_at"})
_NUMBER = re.compile(r"[0-9]{7,}")
_MAILBOX = re.compile(r"[^\s;；,，、/|<>]+@[^\s;；,，、/|<>]+")
_GAPS = re.compile(r"(?<=[0-9])[ ()+.-]+(?=[0-9])")
SHORTEST = 4
"""Characters that a name must have to be the beginning of a longer one."""
AGREED = 0.75
"""The share of cells that two records without a name must have in common to be one."""


def is_same_record(known: TableSchema | None, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether two records, given as cells by field, are about the same one.

    An identifier that both have (a phone, a mailbox, a number of a company or a person) says so, and so does the name.
    Records with neither are the same if at least three quarters of what both fill is equal.
    """
    fields = known.by_name if known else {}
    if _identifiers(fields, ours) & _identifiers(fields, theirs):
        return True
    names = [fold(cell_words(visible(each.get("name")))) for each in (ours, theirs)]
    if all(names):
        short, long = sorted(names, key=len)
        return short == long or (len(short) >= SHORTEST and long.startswith(short))
    key = known.key if known else ""
    both = [name for name in ours if name in theirs and name != key]
    both = [name for name in both if name not in _STAMPS and not is_computed(fields.get(name.partition("#")[0]))]
    filled = [name for name in both if not same_cell(ours[name], None) and not same_cell(theirs[name], None)]
    equal = sum(same_cell(visible(ours[name]), visible(theirs[name])) for name in filled)
    return bool(filled) and equal >= AGREED * len(filled)


def _identifiers(fields: Mapping[str, Field], record: Mapping[str, Any]) -> set[str]:
    """Phones by their last eleven digits, mailboxes in lower case, other numbers as they are."""
    found: set[str] = set()
    for name, cell in record.items():
        field = fields.get(name.partition("#")[0])
        if field is None or field.kind not in _IDENTIFIERS:
            continue
        words = cell_words(visible(cell)).strip()
        if field.kind == "phone":
            found |= {each[-11:] for each in _NUMBER.findall(_GAPS.sub("", words))}
        elif field.kind == "email":
            found |= {each.lower() for each in _MAILBOX.findall(words)}
        elif words:
            found.add(words.upper())
    return found
