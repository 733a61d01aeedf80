"""Cells that say nothing: words for "unknown", "as above", and text that an encoding destroyed."""

from __future__ import annotations

import re

from crmsheet.clean.normaliser import Reading, refused
from crmsheet.clean.spelling import HAN, folded, visible
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import LOST, VERIFY, RuleCard

LOST_TEXT = RuleCard(
    "CRM209",
    Severity.warning,
    N_("Text of which the characters are gone"),
    """
        **What** A text whose characters became question marks, black diamonds or 锟斤拷 when a file was saved in a
        wrong encoding, or that is what a column too narrow for its numbers showed (`#####`).

        **Why** Nothing in the book tells what stood there, and whoever needs it finds out too late.

        **Bad** `锟斤拷`; `???科技`; `#####` as text.

        **Good** The words, taken from the file they came from, or asked for.

        **crmsheet** It leaves the cell and puts it on the list of what must be asked for.
        """,
    LOST,
)
CARDS = (
    RuleCard(
        "CRM201",
        Severity.warning,
        N_("Text destroyed by a wrong encoding"),
        """
        **What** A text whose characters were exchanged when a file was saved in a wrong encoding, so that its bytes
        still tell what was meant.

        **Why** A name of this kind is found by nobody, and each further save makes it worse.

        **Bad** `åŒ—äº¬`.

        **Good** `北京`, typed again or taken from the file it came from.

        **crmsheet** It leaves the cell and says what was probably meant.
        """,
        VERIFY,
    ),
    RuleCard(
        "CRM202",
        Severity.warning,
        N_('A cell that says "as above"'),
        """
        **What** A cell that refers to the one above it instead of giving a value.

        **Why** After the sheet is sorted nobody knows any more which cell was above.

        **Bad** `同上`, `〃` or `ditto` as the owner of a customer.

        **Good** The value itself in every row.

        **crmsheet** It takes the value as unknown and leaves the cell: a sheet that was sorted before would give
        wrong values.
        """,
        VERIFY,
    ),
    LOST_TEXT,
)

NOTHING = Reading()

_LOST = N_("{value}: the characters were lost when it was saved or copied; restore them from the source")
_GARBLED = N_("{value} was saved in a wrong encoding, probably meant: {guess}; correct it by hand")
_ABOVE = N_("{value} means the cell above; after sorting nobody knows which, so write the value itself")

_NOTHING = frozenset(
    str.split(
        "无 暂无 没有 暂缺 空 不详 未知 未填 未填写 未提供 待补充 待补 待定 待确认 不清楚 不知道 保密 "
        "/ // \\ - -- --- _ __ . .. … —— ? ?? n/a na n.a. null none nil nan nat undefined unknown tbd tbc "
        "(无) (空) (null) #n/a #null! 无数据 暂时没有 (blank) 一"
    )
) - {"一"}
_ABOVE_WORDS = frozenset({"同上", "〃", "″", "同上。", "ditto", "sameasabove", '"', "''", "〞", "々", "同前"})
_REPLACED = re.compile(r"\ufffd|锟斤拷|锟斤|烫烫烫|屯屯屯|\?{3,}(?=\w)|^\?{3,}(?:\W*\?{2,})*$|^#{3,}$")
_UTF8_AS_LATIN = re.compile(
    "(?:[\u00c2\u00c3][\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d"
    "\u2018-\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]|[\u00e0-\u00ef][\u0080-\u00bf\u20ac"
    "\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018-\u201d\u2022\u2013\u2014\u02dc\u2122"
    "\u0161\u203a\u0153\u017e\u0178]{2})+"
)
_GBK_AS_LATIN = re.compile("(?<![A-Za-z])(?:[\u00b0-\u00f7][\u00a1-\u00fe]){2,}(?![A-Za-z])")
_HAN_ONLY = re.compile(f"[{HAN}]{{2,}}")
_SUSPECT = re.compile("[?#\u0080-\u00ff\ufffd锟烫屯]")


def _gbk(leads: range, trails: range) -> str:
    """The characters whose GBK bytes lie in these ranges."""
    return "".join(bytes((lead, trail)).decode("gbk", "ignore") for lead in leads for trail in trails if trail != 0x7F)


_TAIL = range(0x80, 0xC0)
# Two Chinese characters in UTF-8 are the bytes E4-E9 80-BF 80-BF E4-E9 80-BF 80-BF; GBK shows them as three characters.
_UTF8_AS_GBK = re.compile(f"[{_gbk(range(0xE4, 0xEA), _TAIL)}][{_gbk(_TAIL, range(0xE4, 0xEA))}][{_gbk(_TAIL, _TAIL)}]")


def vacant(text: str) -> Reading | None:
    """The reading of a text that says nothing or was destroyed; None where it says something."""
    if len(text) <= 12:
        word = folded(text)
        if not word or word in _NOTHING:
            return NOTHING
        if word in _ABOVE_WORDS:
            return refused("CRM202", _ABOVE)
    return destroyed(text)


DAMAGE = rf"[锟烫屯]|{_UTF8_AS_GBK.pattern}"
"""What may be destroyed text among ASCII, Chinese characters and Chinese punctuation; for RE2."""
WORDS = _NOTHING | _ABOVE_WORDS
"""Words that say nothing, folded."""


def surely_says(text: str) -> bool:
    """Whether `vacant` of a plain text is None: a quick test that is sure when it says yes."""
    if len(text) <= 12 and (
        " " in text or "（" in text or (word := text.casefold()) in _NOTHING or word in _ABOVE_WORDS
    ):
        return vacant(text) is None
    if text.isascii():
        return "?" not in text and "#" not in text
    return not _SUSPECT.search(text) and not _UTF8_AS_GBK.search(text)


def destroyed(text: str) -> Reading | None:
    """CRM209 for lost text, CRM201 for mojibake whose bytes still tell what was meant; None for sound text."""
    if _SUSPECT.search(text):
        if _REPLACED.search(text) or _REPLACED.search(visible(text)):
            return refused(LOST_TEXT.code, _LOST)
        guess = _unlatin(text)
    else:
        guess = _ungbk(text)
    return refused("CRM201", _GARBLED, guess=guess) if guess else None


def _unlatin(text: str) -> str:
    """What a text was before UTF-8 or GBK bytes were shown as Latin-1; '' where that explains nothing."""
    if _UTF8_AS_LATIN.search(text):
        meant = _UTF8_AS_LATIN.sub(lambda run: _decoded(run[0], "cp1252", "utf-8") or run[0], text)
        if meant != text:
            return meant
    run = _GBK_AS_LATIN.search(text)
    meant = _decoded(run[0], "latin-1", "gbk") if run else ""
    return text.replace(run[0], meant) if run and _HAN_ONLY.fullmatch(meant) else ""


def _ungbk(text: str) -> str:
    """What a text was before UTF-8 bytes were shown as GBK; '' where that explains nothing."""
    if not _UTF8_AS_GBK.search(text):
        return ""
    meant = _decoded(text, "gb18030", "utf-8")
    return meant if _HAN_ONLY.search(meant) else ""


def _decoded(text: str, shown: str, meant: str) -> str:
    try:
        return text.encode(shown).decode(meant)
    except UnicodeError:
        try:
            return text.encode("latin-1").decode(meant) if shown == "cp1252" else ""
        except UnicodeError:
            return ""
