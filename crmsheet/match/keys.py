"""Blocking keys: what two rows of one customer are likely to share, whatever was typed wrongly in the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmsheet.match.hashing import Hashes, anagrams, letters_of, mixed, repeated, slips, sounds, texts
from crmsheet.match.prepared import Bag, Codes, Column, Prepared, derived, spread

KINDS: Mapping[str, str] = {
    "name": "name core aka name_letters name_slip name_sound word name_start name_end initials",
    "street": "address street house",
    "town": "city postal_code",
    "birth": "birthday month_and_day year_and_month year_and_day year",
    "phone": "mobile landline mobile_end landline_end mobile_slip phone_end last_digits",
    "mail": "email email_slip mailbox domain website",
    "messenger": "wechat qq",
    "person": "contact",
    "number": "uscc id_number uscc_slip id_number_slip",
}
"""Keys of one kind are one piece of news: who has the same name has the same initials."""


@dataclass(frozen=True, slots=True)
class Key:
    """Holdings of a blocking key: row `rows[i]` has the value `codes[i]`. `kinds` has a bit for each kind of it."""

    kinds: int
    rows: Codes
    codes: Hashes

    def __len__(self) -> int:
        return len(self.rows)


Keys: TypeAlias = Mapping[str, Key]
Held: TypeAlias = tuple[Codes, Hashes]
"""Rows, and the value of each."""


def blocking_keys(prepared: Prepared) -> Keys:
    """Every key that `blocks` in weights.yaml can name; those of columns that hold nothing are left out."""
    columns = prepared.columns
    core, day, address = columns["core"], columns["birthday"], columns["address"]
    plain = {"name": columns["full"], "core": core}
    plain |= {name: columns[name] for name in ("contact", "city", "postal_code", "address")}
    plain |= {name: derived(core, *rule) for name, rule in _OF_NAMES.items()}
    plain |= {name: derived(day, *rule) for name, rule in _OF_DAYS.items()}
    plain |= {"house": derived(address, r"[^0-9]+", " "), "street": derived(address, r"[0-9]+", "")}
    keys = {name: _of_column(column) for name, column in plain.items()}
    keys |= _of_names(core) | _of_bags(prepared) | _of_phones(prepared.bags["mobile"], prepared.bags["landline"])
    bits = {name: 1 << place for place, names in enumerate(KINDS.values()) for name in names.split()}
    return {name: Key(bits[name], *held) for name, held in keys.items() if name in bits and len(held[0])}


def likenesses(prepared: Prepared, rows: Codes) -> Hashes:
    """A number for each of some rows that is the same for rows that are alike in everything."""
    found = np.zeros(len(rows), np.uint64)
    columns = [(each.values, each.codes) for _, each in sorted(prepared.columns.items())]
    columns += [(each.values, each.first) for _, each in sorted(prepared.bags.items())]
    for values, codes in columns:
        if len(values):
            used, at = np.unique(codes[rows], return_inverse=True)
            absent = int(used.searchsorted(0))  # -1 comes first, if any
            hashes = np.append(np.zeros(absent, np.uint64), texts(values.take(pa.array(used[absent:]))))
            found = mixed(found, hashes[at])
    return found


_OF_NAMES = {
    "name_start": (r"^(?:(\p{Han}{2})|(.{3})).*$", r"\1\2"),
    "name_end": (r"^.*?(?:(\p{Han}{2})|([^\p{Han}]{3}))$", r"\1\2"),
    "initials": (r"\b(\w)\w*\s*", r"\1"),
}
_OF_DAYS = {  # parts that are not known are dashes
    "birthday": (r"^.*-.*$", ""),
    "month_and_day": (r"^(?:.{4}(\d{4})|.*)$", r"\1"),
    "year_and_month": (r"^(?:(\d{6})..|.*)$", r"\1"),
    "year_and_day": (r"^(?:(\d{4})..(\d\d)|.*)$", r"\1\2"),
    "year": (r"^(?:(\d{4}).*|.*)$", r"\1"),
}


def _of_column(column: Column) -> Held:
    held = np.flatnonzero(column.codes >= 0)
    return (held, column.codes[held].astype(np.uint64))


def _spread(places: Codes, hashes: Hashes, codes: Codes, rows: Codes) -> Held:
    """The hashes of distinct values for the rows that hold them: row `rows[i]` holds the value `codes[i]`.

    Without those that nobody can share.
    """
    keep = repeated(hashes) | (np.bincount(codes) > 1)[places]
    places, hashes = places[keep], hashes[keep]
    order = np.argsort(places, kind="stable")
    starts = np.searchsorted(places[order], np.arange(int(codes.max(initial=-1)) + 2))
    owner, at = spread(starts, codes)
    return (rows[owner], hashes[order][at])


def _of_names(core: Column) -> dict[str, Held]:
    held = np.flatnonzero(core.codes >= 0)
    made = {"name_slip": slips(core.values), "name_letters": anagrams(core.values), "name_sound": sounds(core.values)}
    made["word"] = _words(core.values)
    return {name: _spread(*each, core.codes[held], held) for name, each in made.items()}


def _of_bags(prepared: Prepared) -> dict[str, Held]:
    bags = prepared.bags
    keys = {name: (bag.rows, bag.codes.astype(np.uint64)) for name, bag in bags.items()}
    for name in ("mobile", "uscc", "id_number", "email"):
        keys[f"{name}_slip"] = _spread(*slips(bags[name].values), bags[name].codes, bags[name].rows)
    box = Column.of(pc.replace_substring_regex(bags["email"].values, "@.*$", ""), bags["email"].first)
    host = Column.of(pc.replace_substring_regex(bags["email"].values, "^.*@", ""), bags["email"].first)
    return keys | {"mailbox": _of_column(box), "domain": _of_column(host)}


def _of_phones(mobile: Bag, landline: Bag) -> dict[str, Held]:
    """The last seven digits of any telephone, and the last four of the first: area codes come and go."""
    rows = np.concatenate([mobile.rows, landline.rows])
    values = pa.concat_arrays([mobile.values, landline.values])
    codes = np.concatenate([mobile.codes, landline.codes + len(mobile.values)])
    first = np.where(
        mobile.first >= 0, mobile.first, np.where(landline.first >= 0, landline.first + len(mobile.values), -1)
    )
    seven = Column.of(pc.utf8_slice_codeunits(values, -7, None), codes)
    four = Column.of(pc.utf8_slice_codeunits(values, -4, None), first)
    return {"phone_end": (rows, seven.codes.astype(np.uint64)), "last_digits": _of_column(four)}


def _words(texts: pa.Array) -> tuple[Codes, Hashes]:
    """The words of at least three letters, each by its letters in any order; place and hash, as `slips` gives them.

    A Chinese name has its first two, three and four characters by their sound: 宇信达食品 is Yuxinda Foods.
    """
    parted = pc.split_pattern(texts, " ")
    at = pc.list_parent_indices(parted).to_numpy(zero_copy_only=False).astype(np.int64)
    found = [_of_some(at, pc.list_flatten(parted), r".{3}")]
    for size in (2, 3, 4):
        start = pc.utf8_slice_codeunits(texts, 0, size)
        found.append(_of_some(np.arange(len(texts)), start, rf"^\p{{Han}}{{{size}}}$"))
    places, hashes = zip(*found, strict=True)
    return np.concatenate(places), np.concatenate(hashes)


def _of_some(at: Codes, texts: pa.Array, pattern: str) -> tuple[Codes, Hashes]:
    """The hashes of the letters of those texts that match, and the places `at` which they are."""
    keep = pc.match_substring_regex(texts, pattern)
    coded = texts.filter(keep).dictionary_encode()
    keep = keep.to_numpy(zero_copy_only=False).astype(bool)
    hashes = letters_of(coded.dictionary)
    return at[keep], hashes[coded.indices.to_numpy(zero_copy_only=False)]
