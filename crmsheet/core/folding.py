"""One form for all spellings of a label, as a header, a sheet's name or the word for a total is compared."""

from __future__ import annotations

import re
import unicodedata

_REQUIRED = re.compile(r"[(\[【<](?:必填项?|必须|必输|选填|可选|可空|required|mandatory|optional)[)\]】>]")
_EXAMPLE = re.compile(r"[-_(\[【,;。\s]\s*(?:例如|示例|举例|例|格式|e\.g\.|eg|example)\s*[:.].*$", re.DOTALL)


def fold(label: str) -> str:
    """One form for all spellings of a label: `*客户 名称（必填）`, `客户名称`; `customerName`, `Customer_Name`.

    Width and case are folded, marks of obligation and examples cut, and only letters and digits kept. Folding
    twice is folding once.
    """
    plain = plain_label(label)
    # Letters and digits alone, as most labels are: nothing to cut.
    folded = plain if plain.isalnum() else "".join(filter(str.isalnum, without_marks(plain)))
    return folded if folded == label or folded.isascii() else fold(folded)


def plain_label(text: str) -> str:
    """NFKC and case folded; twice, because folding case can undo the first (Unicode 3.13, D147)."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def without_marks(plain: str) -> str:
    """A plain label without its marks of obligation and its example."""
    return _EXAMPLE.sub("", _REQUIRED.sub("", plain))
