"""The form of duplicates: a workbook in which people decide about pairs, and which `review_answers` reads back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmsheet.app.asking import DIFFERENT, FIRST, LATER, SAME, SECOND, FieldPair
from crmsheet.app.bench import bench
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.pair_decisions import notes as decision_notes
from crmsheet.app.pair_fields import beside
from crmsheet.app.request import Request
from crmsheet.app.review import COMMAND, NO_CUSTOMERS, NOTHING, keyless, open_questions
from crmsheet.core.errors import FileTaken
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome, Section
from crmsheet.match.duplicates import Matches
from crmsheet.match.evidence import for_and_against
from crmsheet.match.questions import Question, Questionnaire
from crmsheet.report.duplicates import BANDS
from crmsheet.report.words import label

NAME = N_("Duplicates to decide")
NUMBER, RECORD, DECISION = N_("No."), N_("Which record"), N_("Decision")
_CERTAINTY, _ROW, _EVIDENCE = N_("Certainty"), N_("Row"), N_("Evidence")
VERDICTS: Mapping[str, str] = {
    SAME: N_("Same customer"),
    DIFFERENT: N_("Different customers"),
    LATER: N_("Decide later"),
}
"""What the drop-down of a decision offers."""
STAYS = N_("stays")
"""What the third line of a pair is called: whose value stays."""
BOTH_STAY = N_("both")
_DECISION_AT, _LEADING = 2, 7
"""The column of the decision, and how many stand before those of the fields."""
_FOR, _AGAINST = N_("+ {reasons}"), N_("− {reasons}")
_GUIDE = N_("How to fill it in")
_LINES = (
    N_("Each pair has three lines: two records, and a blue line for what is decided. Different values are yellow."),
    N_("Choose in the column “{decision}” of the blue line. An empty one decides nothing: the pair stays open."),
    N_("If it is the same customer, the blue cells below different values may say whose value stays: 1, 2 or both."),
    N_("Where they are empty, the newest, fullest or strictest value stays, as for every merge."),
    N_("Sure pairs are merged without a decision; choose “{different}” where that would be wrong."),
    N_("Lines may be sorted, filtered and coloured; what is typed over the records changes nothing in the book."),
    N_("Then run: crmsheet dedupe {book} --answers {form}"),
)
_MADE = N_(
    "The form {form} asks about {review:,} pairs, and shows {sure:,} that are sure. Choose in its column “{decision}”, "
    "then run: crmsheet dedupe {book} --answers {form}"
)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair as the form shows it; `fields` by name."""

    question: Question
    band: str
    fields: Mapping[str, FieldPair]
    reasons: tuple[Text | None, Text | None]


def form(request: Request, path: Path) -> Outcome:
    """The form for what is open and what is sure, to be written at a path; nothing where there is neither.

    Raises:
        FileTaken: something is there, perhaps a form that somebody is filling in.
    """
    if path.exists():
        raise FileTaken(path=str(path))
    loaded = load_book(request)
    with bench(loaded) as on:
        matches = on.duplicates()
    if matches is None:
        return dataclasses.replace(loaded.outcome(COMMAND), notes=(Message(NO_CUSTOMERS), *loaded.about))
    asked, unfit = open_questions(loaded, matches)
    counts = {"review": len(asked.questions), "sure": len(asked.sure)}
    outcome = dataclasses.replace(loaded.outcome(COMMAND), counts=counts)
    left_out = keyless(loaded, len(unfit.questions) + len(unfit.sure))
    notes = (*left_out, *decision_notes(loaded), *loaded.about)
    if not any(counts.values()):
        return dataclasses.replace(outcome, notes=notes if left_out else (Message(NOTHING), *notes))
    facts = {**counts, "form": path.name, "book": loaded.path.name, "decision": Message(DECISION)}
    sections = _section(loaded, _pairs(loaded, matches, asked)), _guide(facts)
    return dataclasses.replace(outcome, notes=(Message(_MADE, facts), *notes), lists={str(path): sections})


def _pairs(loaded: Loaded, matches: Matches, asked: Questionnaire) -> list[_Pair]:
    """The pairs to review, then the sure ones, the strongest first."""
    banded = [("review", each) for each in asked.questions] + [("sure", each) for each in asked.sure]
    sides = beside(loaded, loaded.book.tables["customers"], [each.rows for _, each in banded])
    found = []
    for (band, each), pairs in zip(banded, sides, strict=True):
        reasons = for_and_against(matches, each.place)
        fields = {pair.field: pair for pair in pairs}
        found.append(_Pair(each, band, fields, (_signed(_FOR, reasons.pro), _signed(_AGAINST, reasons.con))))
    return found


def _signed(template: str, reasons: Text | None) -> Text | None:
    return Message(template, {"reasons": reasons}) if reasons else None


def _section(loaded: Loaded, pairs: Sequence[_Pair]) -> Section:
    """Three lines for each pair: both records, and what is decided about them."""
    table = loaded.book.tables["customers"]
    order = [each.name for each in loaded.schema.tables[table.name].fields]
    labels = {name: each.label for pair in pairs for name, each in pair.fields.items()}
    names = sorted(labels, key=order.index)
    rows: list[tuple[object, ...]] = []
    marks: dict[tuple[int, int], str] = {}
    choices: dict[tuple[int, int], tuple[Text, ...]] = {}
    for number, pair in enumerate(pairs, 1):
        top = len(rows)
        rows += _lines(pair, number, names, [table.row_name(row) for row in pair.question.rows])
        marks |= {(top + 2, at): "asked" for at in range(_LEADING + len(names))}
        choices[top + 2, _DECISION_AT] = tuple(map(Message, VERDICTS.values()))
        for at, field in _differing(pair, names):
            marks |= {(top, at): "changed", (top + 1, at): "changed"}
            if field.kept:
                choices[top + 2, at] = (FIRST, SECOND, *([Message(BOTH_STAY)] if field.joinable else []))
    key = label(loaded.schema, table.name, table.key)
    heads = (*map(Message, (NUMBER, _CERTAINTY, DECISION, RECORD)), key, Message(_ROW), Message(_EVIDENCE))
    return Section(
        Message(NAME), (*heads, *(labels[name] for name in names)), tuple(rows), marks=marks, choices=choices
    )


def _lines(pair: _Pair, number: int, names: Sequence[str], rows: Sequence[int | str]) -> list[tuple[object, ...]]:
    """The three lines of a pair; where nothing speaks against it, the evidence takes one."""
    empty = FieldPair("", "", "", "", differ=False)
    fields = [pair.fields.get(name, empty) for name in names]
    lead = str(number), Message(BANDS[pair.band])
    keys = pair.question.keys
    return [
        (*lead, None, FIRST, keys[0], str(rows[0]), pair.reasons[0], *(each.left for each in fields)),
        (*lead, None, SECOND, keys[1], str(rows[1]), pair.reasons[1], *(each.right for each in fields)),
        (*lead, None, Message(STAYS), None, None, None, *([None] * len(names))),
    ]


def _differing(pair: _Pair, names: Sequence[str]) -> Iterator[tuple[int, FieldPair]]:
    """The columns in which the two records differ."""
    for at, name in enumerate(names, _LEADING):
        if name in pair.fields and pair.fields[name].differ:
            yield at, pair.fields[name]


def _guide(facts: Mapping[str, object]) -> Section:
    """A sheet that explains the form."""
    said = {**facts, "different": Message(VERDICTS[DIFFERENT])}
    return Section(Message(_GUIDE), (Message(_GUIDE),), tuple((Message(each, said),) for each in _LINES))
