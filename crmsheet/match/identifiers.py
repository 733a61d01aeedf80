"""Identifiers, several to a cell: phones, mailboxes, messengers, numbers of companies and people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from crmsheet.match.names import take_apart
from crmsheet.match.texts import fold, listed
from crmsheet.match.words import words

_MOBILE = r"^(?:\+?86)?1[3-9]\d{9}$"


@dataclass(frozen=True, slots=True)
class Atoms:
    """Single values and the position of the row that holds each; a row holds a value once."""

    rows: npt.NDArray[np.int64]
    values: pa.Array


_SEVERAL = r"[;；\n\r]+"
"""What stands between several values that nobody has parted yet."""


def split(texts: pa.Array) -> Atoms:
    """The values of cells that join several by `|`."""
    parts = pc.split_pattern(texts, "|")
    return Atoms(pc.list_parent_indices(parts).to_numpy(zero_copy_only=False).astype(np.int64), pc.list_flatten(parts))


def kept(atoms: Atoms, keep: pa.Array) -> Atoms:
    """The atoms of a mask; null counts as no."""
    mask = pc.fill_null(keep, False)
    return Atoms(atoms.rows[mask.to_numpy(zero_copy_only=False).astype(bool)], atoms.values.filter(mask))


def phones(fields: Mapping[str, pa.Array]) -> tuple[Atoms, Atoms]:
    """Mobile numbers and lines: a number that anybody wrote as a mobile is one, in whichever column it stands.

    Extensions are left out: who shares a switchboard shares a line. A messenger name that is a mobile counts as one.
    """
    found = _one_spelling({name: _numbers(texts) for name, texts in fields.items()})
    found["wechat"] = kept(found["wechat"], pc.match_substring_regex(found["wechat"].values, _MOBILE))
    every = joined(list(found.values()))
    known = joined([found["mobile"], found["whatsapp"]]).values
    mobile = pc.or_(pc.match_substring_regex(every.values, _MOBILE), pc.is_in(every.values, value_set=known))
    return kept(every, mobile), kept(every, pc.invert(mobile))


def _one_spelling(found: Mapping[str, Atoms]) -> dict[str, Atoms]:
    """The numbers, those with the same last nine digits spelt as the longest of them.

    What stands before is the country, a trunk zero or part of an area code: (415) 555-0111 is +1 415 555 0111.
    """
    every = pc.unique(pa.concat_arrays([each.values for each in found.values()]))
    every = every.take(pc.sort_indices(every))
    order = pc.sort_indices(pc.utf8_length(every), sort_keys=[("", "descending")])
    every = every.take(order)
    ends = pc.utf8_slice_codeunits(pc.utf8_ltrim(every, "+0"), -9, None)
    best = pc.index_in(ends, pc.unique(ends))  # the first of each is the longest, since they are in that order
    first = np.zeros(len(pc.unique(ends)), np.int64)
    places = best.to_numpy(zero_copy_only=False).astype(np.int64)
    first[places[::-1]] = np.arange(len(every))[::-1]
    spelt = every.take(pa.array(first[places]))
    return {name: Atoms(each.rows, spelt.take(pc.index_in(each.values, every))) for name, each in found.items()}


def ends(atoms: Atoms) -> Atoms:
    """The last seven digits of telephone numbers: what is dialled without an area code."""
    return Atoms(atoms.rows, pc.utf8_slice_codeunits(atoms.values, -7, None))


def _numbers(texts: pa.Array) -> Atoms:
    if texts.null_count == len(texts):
        return Atoms(np.zeros(0, np.int64), texts.slice(0, 0))
    atoms = split(pc.replace_substring_regex(fold(texts), r"(?:x|ext\.?|转|#)\s*\d+", ""))
    digits = pc.replace_substring_regex(atoms.values, r"[^\d+*]", "")
    digits = pc.replace_substring_regex(digits, r"^(?:\+86|0086)?(1[3-9]\d{9})$", r"+86\1")
    real = pc.and_(pc.match_substring_regex(digits, r"^\+?\d{6,}$"), pc.invert(listed(digits, words().phones)))
    same = pc.match_substring_regex(digits, "|".join(f"{digit}{{7}}" for digit in range(10)))
    return kept(Atoms(atoms.rows, digits), pc.and_(real, pc.invert(same)))


def joined(many: list[Atoms]) -> Atoms:
    """All atoms of several, in order, a value once per row."""
    rows = np.concatenate([each.rows for each in many])
    values = pa.concat_arrays([each.values for each in many])
    coded = values.dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    _, first = np.unique(rows * (len(coded.dictionary) + 1) + codes, return_index=True)
    first.sort()
    return Atoms(rows[first], values.take(pa.array(first)))


def emails(texts: pa.Array) -> Atoms:
    """Mailboxes without a name around and a +tag inside; placeholders such as aaa@aaa.com are left out."""
    texts = fold(pc.replace_substring_regex(texts, _SEVERAL, "|"))
    bare = pc.replace_substring_regex(texts, r"[^|<>]*<(?:mailto:)?([^|<>]*)>[^|]*", r"\1")
    bare = pc.replace_substring_regex(pc.replace_substring(bare, "mailto:", ""), r"\+[^@|]*@", "@")
    bare = pc.replace_substring(bare, "@googlemail.com", "@gmail.com")
    atoms = split(pc.replace_substring_regex(bare, r"[\s;,]+", "|"))
    said = words()
    domain = pc.replace_substring_regex(atoms.values, r"^.*@", "")
    box = pc.replace_substring_regex(atoms.values, r"@.*$", "")
    fake = pc.or_(listed(domain, said.domains), listed(box, said.mailboxes))
    return kept(atoms, pc.and_(pc.match_substring_regex(atoms.values, r"^[^@]+@[^@]+$"), pc.invert(fake)))


def of_offices(mailboxes: pa.Array) -> pa.Array:
    """The mailboxes that every company has, such as info@; null for all others."""
    box = pc.replace_substring_regex(mailboxes, r"@.*$", "")
    return pc.if_else(listed(box, words().office_mail), mailboxes, None)


def messengers(texts: pa.Array) -> Atoms:
    """Names in a messenger; a mobile number is a phone, and is left to that."""
    atoms = split(fold(pc.replace_substring_regex(texts, _SEVERAL, "|")))
    atoms = Atoms(atoms.rows, pc.utf8_trim_whitespace(atoms.values))
    return kept(
        atoms,
        pc.and_(
            pc.match_substring_regex(atoms.values, r"^\S{4,}$"),
            pc.invert(pc.match_substring_regex(atoms.values, _MOBILE)),
        ),
    )


def numbers(texts: pa.Array) -> Atoms:
    """Official numbers: letters and digits in a row, at least six, not all the same."""
    atoms = split(fold(texts))
    bare = pc.replace_substring_regex(atoms.values, r"[^a-z0-9]", "")
    same = pc.match_substring_regex(bare, r"0{6}|1{6}|9{6}|x{4}")
    return kept(Atoms(atoms.rows, bare), pc.and_(pc.greater_equal(pc.utf8_length(bare), 6), pc.invert(same)))


def websites(texts: pa.Array) -> Atoms:
    """Hosts without www."""
    atoms = split(fold(texts))
    host = pc.replace_substring_regex(atoms.values, r"^(?:[a-z]+://)?(?:www\d?\.)?([^/:?#\s]*).*$", r"\1")
    return kept(Atoms(atoms.rows, host), pc.match_substring(host, "."))


def aliases(texts: pa.Array) -> Atoms:
    """The cores of other names of a company."""
    atoms = split(texts)
    if not len(atoms.values):
        return atoms
    core = take_apart(atoms.values, pa.array(["company"] * len(atoms.values), pa.large_string())).core
    return kept(Atoms(atoms.rows, core), pc.is_valid(core))


FOLDS: Mapping[str, tuple[tuple[str, ...], Callable[[pa.Array], Atoms]]] = {
    "email": (("email",), emails),
    "wechat": (("wechat",), messengers),
    "qq": (("qq",), messengers),
    "uscc": (("uscc",), numbers),
    "id_number": (("id_number",), numbers),
    "website": (("website",), websites),
    "alias": (("short_name",), aliases),
    "former": (("former_names",), aliases),
}
