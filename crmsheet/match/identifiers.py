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
    found = {name: _numbers(texts) for name, texts in fields.items()}
    found["wechat"] = kept(found["wechat"], pc.match_substring_regex(found["wechat"].values, _MOBILE))
    every = joined(list(found.values()))
    known = joined([found["mobile"], found["whatsapp"]]).values
    mobile = pc.or_(pc.match_substring_regex(every.values, _MOBILE), pc.is_in(every.values, value_set=known))
    return kept(every, mobile), kept(every, pc.invert(mobile))


def _numbers(texts: pa.Array) -> Atoms:
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
    """Mailboxes; placeholders such as aaa@aaa.com are left out."""
    atoms = split(fold(texts))
    said = words()
    domain = pc.replace_substring_regex(atoms.values, r"^.*@", "")
    box = pc.replace_substring_regex(atoms.values, r"@.*$", "")
    fake = pc.or_(listed(domain, said.domains), listed(box, said.mailboxes))
    return kept(atoms, pc.and_(pc.match_substring(atoms.values, "@"), pc.invert(fake)))


def messengers(texts: pa.Array) -> Atoms:
    """Names in a messenger; a mobile number is a phone, and is left to that."""
    atoms = split(fold(texts))
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
