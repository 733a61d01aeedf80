"""Folding of text for comparison, on Arrow arrays: what the eye takes for the same becomes the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from opencc import OpenCC


def fold(texts: pa.Array) -> pa.Array:
    """Half width, lower case, simplified characters, no accents, no space at the ends; '' becomes null."""
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:  # most identifiers, and columns that are empty
        return filled(
            pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.ascii_lower(texts), r"[\x00-\x1f\x7f]", ""))
        )
    low = simplified(pc.utf8_lower(pc.utf8_normalize(texts, form="NFKC")))
    accented = pc.match_substring_regex(low, r"[\x{E0}-\x{24F}]")
    if pc.any(accented).as_py():
        bare = pc.replace_substring_regex(pc.utf8_normalize(low, form="NFKD"), r"([a-z])\p{Mn}+", r"\1")
        low = pc.if_else(accented, pc.utf8_normalize(bare, form="NFKC"), low)
    return filled(pc.utf8_trim_whitespace(pc.replace_substring_regex(low, r"[\p{Cf}\p{Cc}]", "")))


def simplified(texts: pa.Array) -> pa.Array:
    """The texts in simplified characters, each by itself: what is part of a text stays part of it."""
    han = pc.filter(texts, pc.fill_null(pc.match_substring_regex(texts, r"\p{Han}"), False))
    table = _simplifying(frozenset("".join(han.to_pylist())))
    if not table:
        return texts
    return _where(texts, "[" + "".join(map(chr, table)) + "]", lambda text: text.translate(table))


def _simplifying(characters: frozenset[str]) -> dict[int, str]:
    """Code point -> simplified character, of those that differ.

    What GB 2312 holds is simplified, so a book of the mainland does not wait for the converter.
    """
    said = sorted(each for each in characters if each > "\u2e80" and not each.encode("gb2312", "ignore"))
    if not said:
        return {}
    pairs = zip(said, _converter().convert("\n".join(said)).split("\n"), strict=True)
    return {ord(ours): theirs for ours, theirs in pairs if ours != theirs}


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC  # only a text in traditional characters needs it

    return OpenCC("t2s")


def plain(folded: pa.Array) -> pa.Array:
    """Letters and digits of folded text: punctuation becomes a space, and Han characters stand without spaces."""
    joined = pc.replace_substring_regex(pc.replace_substring(folded, "&", " and "), r"['’`.·•]", "")
    spaced = pc.replace_substring_regex(joined, _SIGNS, " ")
    odd = pc.fill_null(pc.match_substring_regex(spaced, _ODD), False)
    if pc.any(odd).as_py():  # all letters there are take milliseconds to say, and most texts need them not
        exactly = pc.replace_substring_regex(spaced.filter(odd), r"[^\p{L}\p{N}]+", " ")
        spaced = pc.replace_with_mask(spaced, odd, exactly)
    spaced = pc.utf8_trim_whitespace(spaced)
    han = pc.match_substring_regex(spaced, r"\p{Han}")
    return filled(pc.if_else(han, pc.replace_substring(spaced, " ", ""), spaced))


_SIGNS = r"[\x00-/:-@\[-\x60{-\x7f\x{2010}-\x{2027}\x{3001}-\x{3003}\x{3008}-\x{3011}]+"
_ODD = r"[^a-z0-9 \x{4E00}-\x{9FFF}]"
"""Frequent characters that are no letters, and what is neither such nor a frequent letter."""


def filled(texts: pa.Array) -> pa.Array:
    """The texts, with null for ''."""
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, texts.type), texts)


def without(texts: pa.Array, pattern: str) -> pa.Array:
    """The texts without what the pattern matches; a text that would vanish stays as it was."""
    cut = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, pattern, ""))
    return pc.if_else(pc.equal(cut, ""), texts, cut)


def extracted(texts: pa.Array, pattern: str) -> pa.Array:
    """The group `x` of the first match of the pattern; '' where it does not match."""
    return pc.fill_null(pc.struct_field(pc.extract_regex(texts, pattern), "x"), "")


def listed(texts: pa.Array, bad: frozenset[str]) -> pa.Array:
    """Whether each text is one of a set."""
    return pc.is_in(texts, value_set=pa.array(sorted(bad), texts.type))


def sorted_tokens(texts: pa.Array) -> pa.Array:
    """The words of each text in the order of the alphabet, so that Wang Wei is Wei Wang."""
    return _where(texts, " ", lambda text: " ".join(sorted(text.split())))


def mapped_tokens(texts: pa.Array, table: Mapping[str, str]) -> pa.Array:
    """The texts with whole words exchanged."""
    return _where(texts, "[a-z]", lambda text: " ".join(table.get(word, word) for word in text.split()))


def _where(texts: pa.Array, pattern: str, change: Callable[[str], str]) -> pa.Array:
    mask = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    if not pc.any(mask).as_py():
        return texts
    changed = [change(text) for text in texts.filter(mask).to_pylist()]
    return pc.replace_with_mask(texts, mask, pa.array(changed, texts.type))
