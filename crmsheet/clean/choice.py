"""Choices: a label of the list in the cell, its code in the values; free tags where no list is given."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from crmsheet.clean.normaliser import Normaliser, Reading, fixed, refused
from crmsheet.clean.spelling import as_text, folded, tidy, visible
from crmsheet.clean.text import looks_like_command
from crmsheet.clean.vacancy import vacant
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import Choice, Field

SPELT = N_("{value}: the list says {after}")

_UNKNOWN = N_("{value} is not in the list; allowed: {allowed}")
_NEAR = N_("{value} is not in the list; did you mean {near}? Allowed: {allowed}")
_SHOWN = 12

_SEPARATORS = re.compile(r"\s*(?: ::: |[、;；,，|\n])\s*")
_SEPARATORS_OR_SLASH = re.compile(r"\s*(?: ::: |[、;；,，|\n/／])\s*")
_SLASH = re.compile("[/／]")
_REMARK = re.compile(r"(.+?)\s*[（(]([^（()）]*)[)）]\s*", re.DOTALL)
_CLASS_WORD = re.compile("(.+?)(?:类客户|级客户|类|级|等)")
_JOIN = {"zh": "、", "en": ", "}
_JOINT = re.compile(r" ::: |[^\S\n]*[、;；,，|\n][^\S\n]*")
_FEWEST = 3

JOINT, TAGS = "tag_joint_seen", "tags_seen"
"""In `Context.extra`: what most cells of a column put between tags, and the tags that stand in it."""


def _names(choices: Sequence[Choice]) -> dict[str, Choice]:
    """Every folded name of every choice; codes and labels win over aliases, and a doubled alias names nobody."""
    names: dict[str, Choice] = {}
    for each in choices:
        for name in (each.code, *each.labels.values()):
            names.setdefault(folded(name), each)
    aliases: dict[str, list[Choice]] = {}
    for each in choices:
        for name in each.aliases:
            aliases.setdefault(folded(name), []).append(each)
    return {**{name: owners[0] for name, owners in aliases.items() if len(owners) == 1}, **names}


def _find(text: str, names: Mapping[str, Choice]) -> Choice | None:
    """The choice that a text names: as it is, without its class word (`A类`), without its remark (`A（重点客户）`)."""
    for pattern in (None, _CLASS_WORD, _REMARK):
        match = pattern.fullmatch(visible(text)) if pattern else None
        name = match[1] if match else text
        choice = names.get(folded(name)) if pattern is None or match else None
        if choice is not None:
            remark = folded(match[2]) if match is not None and pattern is _REMARK else ""
            return choice if names.get(remark, choice) is choice else None  # A（普通客户） names two
    return None


def _label(choice: Choice, lang: str) -> str:
    return choice.labels.get(lang) or next(iter(choice.labels.values()), choice.code)


def _unknown(text: str, field: Field, lang: str) -> Reading:
    labels = [_label(each, lang) for each in field.choices]
    allowed = _JOIN.get(lang, ", ").join(labels[:_SHOWN]) + (" …" if len(labels) > _SHOWN else "")
    near = difflib.get_close_matches(visible(text)[:60], labels, n=1, cutoff=0.6)
    if near:
        return refused("CRM251", _NEAR, near=near[0], allowed=allowed)
    return refused("CRM251", _UNKNOWN, allowed=allowed)


def _read(cell: Cell, field: Field, context: Context) -> Reading:
    text = as_text(cell)
    if not field.choices:
        return _read_tags(cell, text, field, context)
    names = _names(field.choices)
    one = _find(text, names) if text.strip() else None
    if one is None:
        says_nothing = vacant(text)
        if says_nothing is not None:
            return says_nothing
        return (
            _read_several(text, field, names, context)
            if field.kind == "choices"
            else _unknown(text, field, context.lang)
        )
    if text in one.labels.values():
        return Reading(one.code)
    return fixed(one.code, _label(one, context.lang), "CRM250", SPELT)


def _read_several(text: str, field: Field, names: Mapping[str, Choice], context: Context) -> Reading:
    """Several labels in one cell; one that is unknown leaves the cell alone."""
    parts = [part for part in _SEPARATORS_OR_SLASH.split(visible(text)) if vacant(part) is None]
    if not parts:
        return Reading()
    found = [_find(part, names) for part in parts]
    for part, choice in zip(parts, found, strict=True):
        if choice is None:
            return _unknown(part, field, context.lang)
    chosen = {choice.code: choice for choice in found if choice}
    value = "|".join(chosen)
    as_found = {_JOIN[lang].join(each.labels.get(lang, "") for each in chosen.values()) for lang in _JOIN}
    if text in as_found:
        return Reading(value)
    written = _JOIN.get(context.lang, ", ").join(_label(each, context.lang) for each in chosen.values())
    return fixed(value, written, "CRM250", SPELT)


def _read_tags(cell: Cell, text: str, field: Field, context: Context) -> Reading:
    """Free tags: nothing to compare with, so only separators, spelling and repeats are set right."""
    says_nothing = vacant(text)
    if says_nothing is not None:
        return says_nothing
    if looks_like_command(text):
        return Reading(text)
    tags = [tidy(text)] if field.kind == "choice" else _tags(text, context)
    if any(looks_like_command(tag) for tag in tags):
        return Reading(text)
    value = "|".join(tags)
    seen = str(context.extra.get(JOINT, ""))
    if not isinstance(cell, str) or text in (joint.join(tags) for joint in (*_JOIN.values(), seen)):
        return Reading(value or None)
    joint = seen or _JOIN.get(context.lang, ", ")
    return fixed(value, joint.join(tags), "CRM250", SPELT) if tags else Reading()


def _tags(text: str, context: Context) -> list[str]:
    """The tags of a cell, each once; a slash parts them where each part is a tag of the column by itself."""
    tags = _parts(_SEPARATORS, text)
    apart = _parts(_SEPARATORS_OR_SLASH, text)
    return apart if len(apart) > len(tags) and context.extra.get(TAGS, frozenset()).issuperset(apart) else tags


def _parts(separators: re.Pattern[str], text: str) -> list[str]:
    return list(dict.fromkeys(tag for tag in map(tidy, separators.split(visible(text))) if vacant(tag) is None))


def _evidence(cells: Sequence[Any], _context: Context) -> Mapping[str, Any]:
    """How the people of a book part their tags: their way stays, and the tags that they know."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    joints = Counter(joint for text in texts for joint in _JOINT.findall(visible(text)))
    seen = {TAGS: frozenset(tag for text in texts for tag in _parts(_SEPARATORS, text) if not _SLASH.search(tag))}
    joint, count = joints.most_common(1)[0] if joints else ("", 0)
    return {**seen, JOINT: joint} if count >= _FEWEST and 2 * count > joints.total() else seen


def _canonical(cells: Sequence[object], field: Field, _context: Context) -> list[object]:
    """Exact labels of either language."""
    names = _names(field.choices)
    labels = {
        label: each.code for each in field.choices for label in each.labels.values() if names[folded(label)] is each
    }
    return [labels.get(cell) if isinstance(cell, str) else None for cell in cells]


NORMALISER = Normaliser(
    kinds=("choice", "choices"),
    cards=(
        RuleCard(
            "CRM250",
            Severity.info,
            N_("A choice that is spelt another way in the list"),
            """
        **What** A choice in other words, another language or another spelling than the list of its field has.

        **Why** Filters and pivot tables show it as a value of its own.

        **Bad** `公司` or `Company`, where the list says `企业`.

        **Good** `企业`.

        **crmsheet** `crmsheet clean --write` writes the word of the list; the meaning stays.
        """,
        ),
        RuleCard(
            "CRM251",
            Severity.warning,
            N_("A value that is not in the list"),
            """
        **What** A value that is none of the choices of its field, nor a known word for one.

        **Why** Nobody can count or filter by it, and the rules that depend on the choice pass the record by.

        **Bad** 生命周期阶段 `快成了`.

        **Good** `转化`; or a choice of your own in a schema file beside the book.

        **crmsheet** It names the choices, the nearest first, and leaves the cell.
        """,
        ),
    ),
    read=_read,
    canonical=_canonical,
    evidence=_evidence,
)
