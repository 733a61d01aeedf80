"""Candidate pairs: rows that share all values of some blocking key, found in one SQL text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from crmsheet.engine import Engine
from crmsheet.match.prepared import Codes, Column, Prepared
from crmsheet.match.weights import Positions, Weights

PAIRS = """
SELECT DISTINCT ours.row_ AS ours, theirs.row_ AS theirs
FROM match_keys AS ours JOIN match_keys AS theirs ON ours.code = theirs.code AND ours.row_ < theirs.row_
ORDER BY ours, theirs
"""


@dataclass(frozen=True, slots=True)
class Key:
    """Holdings of a blocking key: row `rows[i]` has the value `codes[i]`; `width` is above every code."""

    rows: Codes
    codes: Codes
    width: int


Keys: TypeAlias = Mapping[str, Key]


def candidates(engine: Engine, prepared: Prepared, weights: Weights) -> tuple[Positions, Positions]:
    """Positions of the left and right row of each candidate pair, left before right, each pair once."""
    keys = blocking_keys(prepared)
    second = _combined([keys[name] for name in weights.second_key], len(prepared))
    rows, codes, offset = [], [], 0
    for block in weights.blocks:
        key = _combined([keys[name] for name in block.of], len(prepared))
        for part in _sized(key, second, block.most, len(prepared)):
            rows.append(part.rows)
            codes.append(part.codes + offset)
            offset += part.width
    if not rows:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing
    engine.read("match_keys", pd.DataFrame({"row_": np.concatenate(rows), "code": np.concatenate(codes)}))
    found = engine.sql(PAIRS)
    return found["ours"].to_numpy("int64"), found["theirs"].to_numpy("int64")


def blocking_keys(prepared: Prepared) -> Keys:
    """Every key that `blocks` in weights.yaml can name."""
    columns, bags = prepared.columns, prepared.bags
    core, day, address = columns["core"], columns["birthday"], columns["address"]
    keys = {name: Key(bag.rows, bag.codes, len(bag.values)) for name, bag in bags.items()}
    plain = {"name_full": columns["full"], "name_core": core, "name_letters": letters(core)}
    plain |= {name: columns[name] for name in ("contact", "city", "postal_code", "address", "birthday")}
    plain |= {name: derived(core, pattern, text) for name, (pattern, text) in _OF_NAMES.items()}
    plain |= {name: derived(day, pattern, text) for name, (pattern, text) in _OF_DAYS.items()}
    plain["name_initials"] = derived(core, r"\b(\w)\w*\s*", r"\1")
    plain["address_start"] = derived(address, r"^(.{6}).*$", r"\1")
    for name, column in plain.items():
        held = np.flatnonzero(column.codes >= 0)
        keys[name] = Key(held, column.codes[held], len(column.values))
    keys["token"] = _tokens(core)
    return keys


_OF_NAMES = {
    "name_start": (r"^(?:(\p{Han}{2})|(.{3})).*$", r"\1\2"),
    "name_end": (r"^.*?(?:(\p{Han}{2})|([^\p{Han}]{3}))$", r"\1\2"),
}
_OF_DAYS = {
    "birth_month_day": (r"^\d{4}", ""),
    "birth_year_month": (r"\d\d$", ""),
    "birth_year_day": (r"^(\d{4})\d\d", r"\1"),
}


def derived(column: Column, pattern: str, text: str) -> Column:
    """The column with the pattern replaced in each value."""
    return Column.of(pc.replace_substring_regex(column.values, pattern, text), column.codes)


def letters(column: Column) -> Column:
    """The column without the spaces inside its values."""
    return derived(column, r"\s+", "")


def _tokens(column: Column) -> Key:
    """Words of at least four letters, for names of several words."""
    texts = column.values
    words = pc.split_pattern(pc.if_else(pc.match_substring(texts, " "), texts, ""), " ")
    at = pc.list_parent_indices(words).to_numpy(zero_copy_only=False).astype(np.int64)
    flat = pc.list_flatten(words)
    long = pc.greater_equal(pc.utf8_length(flat), 4).to_numpy(zero_copy_only=False).astype(bool)
    coded = flat.dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    at, codes = at[long], codes[long]
    held = np.flatnonzero(column.codes >= 0)
    starts = np.searchsorted(at, np.arange(len(column.values) + 1))
    owner, places = spread(starts, column.codes[held])
    return Key(held[owner], codes[places], len(coded.dictionary))


def spread(starts: Codes, of: Codes) -> tuple[Codes, Codes]:
    """For each of `of`, the run of places `starts[each]` to `starts[each + 1]`: its index in `of`, and each place."""
    lengths = starts[of + 1] - starts[of]
    owner = np.repeat(np.arange(len(of)), lengths)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return owner, starts[of][owner] + within


def _combined(keys: list[Key], rows: int) -> Key:
    """One key of several: all values must be shared. Only the first may hold several values per row."""
    first, *others = keys
    held, codes, width = first.rows, first.codes, first.width
    for other in others:
        dense = np.full(rows, -1)
        dense[other.rows] = other.codes
        theirs = dense[held]
        both = theirs >= 0
        held, codes = held[both], codes[both] * other.width + theirs[both]
        distinct, codes = np.unique(codes, return_inverse=True)
        width = len(distinct)
    return Key(held, codes, width)


def _sized(key: Key, second: Key, most: int, rows: int) -> list[Key]:
    """The groups of 2 to `most` rows; larger ones cut by the second key, and dropped where that is not enough."""
    sizes = np.bincount(key.codes, minlength=key.width)[key.codes] if len(key.codes) else key.codes
    fit = (sizes >= 2) & (sizes <= most)
    out = [Key(key.rows[fit], key.codes[fit], key.width)]
    large = sizes > most
    if large.any():
        cut = _combined([Key(key.rows[large], key.codes[large], key.width), second], rows)
        sizes = np.bincount(cut.codes, minlength=cut.width)[cut.codes] if len(cut.codes) else cut.codes
        fit = (sizes >= 2) & (sizes <= most)
        out.append(Key(cut.rows[fit], cut.codes[fit], cut.width))
    return out
