"""The page of a question: two records side by side, and what speaks for and against their being one customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Section

_TITLE = N_("{number} / {total}   Is this one customer?")
_POSTPONED = N_("{number} / {total}   Is this one customer? (put off before)")
_FIELD = N_("Field")
_SAME, _DIFFERENT = N_("same"), N_("differs")
_MASKED = N_("Private values are masked; --reveal shows them.")
_EVIDENCE = N_("For it (+) and against it (−)")
_RECORD = N_("{side}: {key} (row {row})")


def heading(side: int, key: str, row: int | str) -> Message:
    """What the column of a record is called."""
    return Message(_RECORD, {"side": side, "key": key, "row": row})


def sections(
    progress: tuple[int, int],
    heads: tuple[Text, Text],
    fields: Sequence[tuple[Text, str, str, bool]],
    evidence: Iterable[tuple[Text, float]],
    *,
    postponed: bool,
    masked: bool,
) -> tuple[Section, ...]:
    """The records and the evidence; `fields` are a label, both values, and whether they differ; `evidence` has bits.

    `masked` values are told of on the first page.
    """
    number, total = progress
    title = Message(_POSTPONED if postponed else _TITLE, {"number": number, "total": total})
    rows = tuple(
        (label, left or None, right or None, Message(_DIFFERENT if differ else _SAME) if left and right else None)
        for label, left, right, differ in fields
    )
    weighed = tuple((f"{bits:+.1f}".replace("-", "−"), said) for said, bits in evidence)
    return (
        Section(title, (Message(_FIELD), *heads, ""), rows, Message(_MASKED) if masked and number == 1 else None),
        Section(Message(_EVIDENCE), ("", ""), weighed),
    )
