"""Levels of agreement of e-mail addresses."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from crmsheet.match.comparisons import compare_bags
from crmsheet.match.lookups import Compared, lengths, narrowed, taken
from crmsheet.match.prepared import Bag, Codes, Column, derived
from crmsheet.match.weights import Level, Positions
from crmsheet.match.words import words


def compare_mailboxes(bag: Bag, left: Positions, right: Positions) -> Compared:
    """Levels of e-mail addresses: dots that do not count, a slip of the hand, the same mailbox elsewhere, or others.

    A digit or a dot more is how people get a free name: that is another mailbox, no slip.
    """
    found = compare_bags(bag, left, right, slips=False)
    at = np.flatnonzero(found.levels == Level.different)
    if not len(at):
        return found
    first, left, right = narrowed(Column(bag.first, bag.values, bag.names), left[at], right[at])
    box = Column.of(pc.replace_substring_regex(first.values, "@.*$", ""), first.codes)
    site = Column.of(pc.replace_substring_regex(first.values, "^.*@", ""), first.codes)
    bare, letters = derived(box, "[.]+", ""), derived(box, "[^a-z]+", "")
    numbers = derived(box, "[^0-9]+", " ")
    listed = pc.is_in(box.values, value_set=pa.array(sorted(words().office_mail), box.values.type))
    office = listed.to_numpy(zero_copy_only=False).astype(bool)
    boxes, sites = _slips(box, left, right), _slips(site, left, right)
    same_digits = numbers.codes[left] == numbers.codes[right]
    dotted = (bare.codes[left] == bare.codes[right]) & (site.codes[left] == _place(site.values, "gmail.com"))
    host = derived(site, "[^0-9]+", " ")
    misspelt = (sites <= np.where(office[box.codes[left]], 1, 2)) & (host.codes[left] == host.codes[right])
    parted = (letters.codes[left] == letters.codes[right]) & (letters.codes[left] >= 0) & same_digits
    long = lengths(box.values) >= _LONG
    own = (boxes == 0) & (long & ~office)[box.codes[left]]
    found.levels[at] = np.select(
        [
            dotted & (sites == 0),
            (boxes == 0) & misspelt,
            ~parted & (sites == 0) & (boxes == 1) & same_digits & long[box.codes[left]],
            own | (parted & (sites == 0)),
        ],
        [Level.variant, Level.close, Level.close, Level.part],
        Level.different,
    )
    return found


_LONG = 6
"""Letters of a mailbox that few others have."""


def _place(values: pa.Array, text: str) -> int:
    return int(pc.index(values, pa.scalar(text, values.type)).as_py())


def _slips(column: Column, left: Positions, right: Positions) -> Codes:
    """How many slips of typing lie between the values of each pair."""
    texts = (taken(column.values, column.codes[side]) for side in (left, right))
    return np.asarray(cpdist(*texts, scorer=OSA.distance, dtype=np.int64))
