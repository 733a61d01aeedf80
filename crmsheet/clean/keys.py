"""Keys for records that have none: a customer needs one name that survives sorting, renaming and merging."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from crmsheet.core.book import Table
from crmsheet.core.cells import Cell
from crmsheet.core.changes import Change, Changes
from crmsheet.core.context import Context, Settings
from crmsheet.core.messages import N_
from crmsheet.core.schema import TableSchema

RULE = "CRM302"
COLUMN = N_("records need a key that survives sorting and renaming")
KEY = N_("the record had no key")
_NUMBERED = re.compile(r"(\D{0,12}?)(\d{1,15})")


@dataclass(frozen=True, slots=True)
class Keyed:
    """A table in which every record has a key, and the changes that write the new keys into the book."""

    table: Table
    changes: Changes


def key_prefix(table: str, settings: Settings) -> str:
    """What the keys of a table begin with where it has no numbering of its own."""
    return settings.key_prefix if table == "customers" else table[0].upper()


def propose_keys(table: Table, schema: TableSchema, context: Context) -> Keyed:
    """Keys for the rows without one, continuing the book's own numbering (C0001, C0002 ... else K000001 ...).

    A key column is proposed where there is none. Keys that are there are never changed.
    """
    keys: list[str] = table.keys().tolist()
    rows = [int(each) for each in table.cells.index]
    missing = [at for at, key in enumerate(keys) if not key and _may_be_filled(table, rows[at])]
    if not missing:
        return Keyed(table, Changes())
    name, bound = table.key, table.key in table.columns
    proposed = next_keys(keys, len(missing), context.settings.key_prefix)
    changes = []
    if not bound:
        label = schema[name].labels[table.lang]
        changes.append(_column(table, name, label))
    column = table.columns.get(name, "")
    for at, key in zip(missing, proposed, strict=True):
        keys[at] = key
        changes.append(Change("set", table.name, key, rows[at], column, name, None, key, RULE, KEY, effect="derived"))
    values = table.values.copy()
    values[name] = [key or None for key in keys]
    values[name] = values[name].astype("str")
    return Keyed(dataclasses.replace(table, values=values), Changes.of(changes))


def _may_be_filled(table: Table, row: int) -> bool:
    """A key cell that holds something unreadable stays as it is; only an empty one is filled."""
    column = table.columns.get(table.key)
    return column is None or table.cells.at[row, column] in (None, "")


def _column(table: Table, name: str, label: str) -> Change:
    return Change("column", table.name, "", table.header_row, "", name, None, label, RULE, COLUMN, effect="derived")


def next_keys(keys: Sequence[str], count: int, prefix: str) -> list[str]:
    """The next `count` keys after the largest of the most common form; `prefix` and six digits where there is none.

    Without leading zeros a numbering has no width: after 98 and 100 comes 101.
    """
    matches = [match for key in keys if (match := _NUMBERED.fullmatch(key))]
    forms = Counter((match[1], len(match[2])) for match in matches)
    start, width = forms.most_common(1)[0][0] if forms else (prefix, 6)
    alike = [match[2] for match in matches if match[1] == start]
    padded = not alike or any(digits.startswith("0") for digits in alike)
    numbers = [int(digits) for digits in alike if not padded or len(digits) == width]
    taken = set(keys)
    found: list[str] = []
    number = max(numbers, default=0)
    while len(found) < count:
        number += 1
        key = f"{start}{number:0{width if padded else 1}d}"
        if key not in taken:
            found.append(key)
    return found


def as_kept(text: str, cells: Sequence[Cell]) -> Cell:
    """A key or reference as a column keeps them: a number where all that stand there are numbers, else text."""
    held = [each for each in cells if each not in (None, "")]
    numbers = held and all(isinstance(each, int | float) and not isinstance(each, bool) for each in held)
    return float(text) if numbers and text.isdecimal() and text == str(int(text)) else text
