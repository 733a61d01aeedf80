"""Duplicates: found and explained, in a book or in any list; with --write the sure ones of a book are merged."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from crmsheet.app.bench import MANY_ROWS, bench
from crmsheet.app.duplicate_tables import grouped, pairs_table, rows_table
from crmsheet.app.list_opening import as_list, open_anything
from crmsheet.app.opening import Loaded
from crmsheet.app.outcomes import Judgement, Written, not_changed, settle, shown, told
from crmsheet.app.pair_decisions import known_to
from crmsheet.app.pair_decisions import notes as decision_notes
from crmsheet.app.request import Request
from crmsheet.app.show import hiding
from crmsheet.core.book import Table
from crmsheet.core.changes import Changes
from crmsheet.core.errors import UsageError
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Outcome, Section
from crmsheet.engine import LocalEngine
from crmsheet.match import across
from crmsheet.match.across import Met
from crmsheet.match.decisions import Decided
from crmsheet.match.duplicates import Matches, match
from crmsheet.match.listing import LIST, NAMES, columns_of, comparables
from crmsheet.match.merge_lines import merge_lines
from crmsheet.match.merging import merges, unmergeable
from crmsheet.match.moving import twins
from crmsheet.match.prepared import prepare
from crmsheet.match.verdicts import Group, Member, called, findings, groups, members
from crmsheet.match.weights import weights
from crmsheet.report import duplicates, elsewhere
from crmsheet.report.duplicates import Line, Told
from crmsheet.report.elsewhere import Meeting
from crmsheet.report.merges import sections as merge_sections
from crmsheet.schema.vocabulary import base_name

ALL = sys.maxsize
"""Groups of each kind that are told one by one where nobody wants fewer."""
CUSTOMERS = "customers"
_FLAT = frozenset({".csv", ".tsv", ".txt"})
_HEADERS = 12
"""Headers that a sentence names."""
_SUM = N_("Rows compared: {rows:,}. Groups that are surely one customer: {sure:,}; groups to review: {review:,}.")
_NONE = N_("Rows compared: {rows:,}. Nobody stands there twice.")
_BY = N_("Compared by: {columns}.")
_LEFT_OUT = N_("Left out: {headers}. `crmsheet dedupe {book} --map HEADER=FIELD` says what such a column is.")
_NO_NAME = N_(
    "No column was taken for the name, so hardly anything can be sure: `crmsheet dedupe {book} --map HEADER=name` says "
    "which it is."
)
_COLUMN = N_("{header} ({field})")
_LIST = N_(
    "This is a list, not a book: nothing can be merged in it. `crmsheet adopt {book}` makes it a book, whose "
    "duplicates `crmsheet dedupe --write` merges."
)
_NO_WRITE = N_("--write merges customers of a book, and {book} is only a list; `crmsheet adopt {book}` makes it one")
_NO_WRITE_MAPPED = N_("--write merges the customers of a book as its own columns say them; leave out --map")
_MORE = N_("Further records that say the same after the merges: {count:,}.")
_TWINS = 5
"""Moved records that say the same as others that are told one by one."""
_WHY = N_("Why: `crmsheet dedupe {book} --explain {left} {right}`.")
_DECIDE = N_("To decide: `crmsheet dedupe {book} --review`, or with `-f xlsx -o FILE` in a form.")


@dataclass(frozen=True, slots=True)
class Compared:
    """A table and its duplicates; nothing else in a list.

    `merging` makes one record of each sure group, and `twins` tells the moved records that then say the same as others;
    `met` are leads and contacts that are customers already.
    """

    loaded: Loaded
    table: Table
    matches: Matches
    merging: Changes = dataclasses.field(default_factory=Changes)
    twins: tuple[Message, ...] = ()
    met: tuple[Met, ...] = ()

    @property
    def is_list(self) -> bool:
        """Whether it is a list without a schema."""
        return self.table.name == LIST

    @property
    def keyed(self) -> bool:
        """Whether the keys of the rows stand in the file."""
        return self.table.key in self.table.columns and not len(self.loaded.keys)


def dedupe(
    request: Request, *, write: bool, asked: Sequence[str] = (), top: int = ALL, programs: bool = False
) -> Outcome:
    """The customers that are there twice; with `write` the sure ones become one record each.

    What is no book with customers is a list, and so is any file of whose columns `asked` says what they are. `programs`
    want the tables of rows and pairs too.

    Raises:
        UsageError: a list is to be written.
        NothingComparable, HeaderUnknown, ComparableUnknown: see `as_list`.
    """
    found = compared(subject(request, asked))
    if not found.is_list:
        return settle(found.loaded, judged(found, top, programs=programs), write=write)
    if write:
        problem = _NO_WRITE_MAPPED if asked else _NO_WRITE
        raise UsageError(problem=Message(problem, {"book": found.loaded.path.name}))
    done = Written((not_changed(),))
    return shown(found.loaded, told(found.loaded, judged(found, top, programs=programs), Changes(), done))


def rows(request: Request, asked: Sequence[str] = ()) -> Outcome:
    """The table of the rows with a link alone: nothing is planned or told, which takes longer than finding them."""
    found = compared(subject(request, asked), merging=False)
    made = rows_table(found.matches, found.table, keyed=found.keyed)
    return dataclasses.replace(found.loaded.outcome("dedupe"), tables=(made,))


def subject(request: Request, asked: Sequence[str] = ()) -> Loaded:
    """What is looked through for duplicates: a book with customers, else a list."""
    loaded = open_anything(request)
    return loaded if CUSTOMERS in loaded.book.tables and not asked else as_list(loaded, asked)


def compared(loaded: Loaded, *, merging: bool = True) -> Compared:
    """The duplicates of the customers of a book, or of a list; with `merging` what would become of them, too."""
    table = loaded.book.tables.get(LIST)
    if table is not None:
        return Compared(loaded, table, _in_list(loaded, table))
    with bench(loaded) as on:
        matches = on.duplicates()
        assert matches is not None  # noqa: S101  (`subject` gives a book with customers)
        table = on.tables[CUSTOMERS]
        if not merging:
            return Compared(loaded, table, matches)
        plan = merges(matches, on.tables, loaded.schema, loaded.context, known_to(loaded))
        _, changes = on.after(plan)
        same = twins(plan, on.tables, loaded.schema)
        return Compared(loaded, table, matches, changes, same, on.meetings())


def _in_list(loaded: Loaded, table: Table) -> Matches:
    loaded.request.tell(Message(N_("looking for duplicates among {rows:,} rows"), {"rows": len(table.cells)}))
    prepared = prepare(table.values, table.keys().tolist())
    with LocalEngine(threads=1 if len(table.cells) < MANY_ROWS else None) as engine:
        return match(engine, prepared, weights(), Decided(), LIST)


def judge(loaded: Loaded, top: int = ALL) -> Judgement:
    """The duplicates of a loaded book, `top` groups of each kind told in full."""
    # Who computes with a book sees its values.
    loaded = dataclasses.replace(loaded, request=dataclasses.replace(loaded.request, reveal=True))
    return judged(compared(loaded if CUSTOMERS in loaded.book.tables else as_list(loaded)), top)


def duplicate_frame(loaded: Loaded) -> pd.DataFrame:
    """The rows of the customers, else of the best list of a loaded book, that have a link; by row number."""
    found = compared(loaded if CUSTOMERS in loaded.book.tables else as_list(loaded), merging=False)
    linked = grouped(found.matches, found.table, keyed=found.keyed)
    frame = pd.DataFrame(linked, columns=["row", "cluster", "entity", "band", "weight"]).set_index("row")
    known = called(found.table, frame.index.tolist())
    for at, name in enumerate(("key", "name")):
        frame.insert(at, name, pd.Series([known[row][at] for row in frame.index], frame.index, dtype="str"))
    return frame.astype({"band": "str"})


def judged(found: Compared, top: int, *, programs: bool = False) -> Judgement:
    """What there is to say of duplicates."""
    loaded, table, matches = found.loaded, found.table, found.matches
    every = groups(matches, kept_in(found.merging, table))
    return Judgement(
        "dedupe",
        Findings.joined([findings(matches, table), met_findings(found.met, loaded)]),
        loaded.with_keys(found.merging),
        {**group_counts(every), **met_counts(found.met)},
        first=(_said(found, every),),
        notes=(*_about(found), *_next(found, every)),
        sections=(
            *sections(every, matches, table, loaded, top),
            *met_sections(found.met, loaded, top),
            *_done_by_merging(found, top),
        ),
        tables=_tables(found) if programs else (),
    )


def _done_by_merging(found: Compared, top: int) -> tuple[Section, ...]:
    """Which value comes from which record, and what moves."""
    if not len(found.merging):
        return ()
    loaded, table = found.loaded, found.table
    lines = merge_lines(found.merging, table, loaded.schema.tables[table.name])
    return merge_sections(lines, loaded.schema, hiding(loaded), None if top == ALL else top)


def _tables(found: Compared) -> tuple[Section, ...]:
    words, reveal = comparables(found.loaded.schema), found.loaded.request.reveal
    return (
        rows_table(found.matches, found.table, keyed=found.keyed),
        pairs_table(found.matches, found.table, words, reveal=reveal),
    )


def kept_in(merging: Changes, table: Table) -> frozenset[int]:
    """The rows that stay where others are merged into them."""
    into = {
        str(after.get("merged_into"))
        for kind, after in zip(merging.column("kind"), merging.column("after"), strict=True)
        if kind == "retire"
    }
    keys = table.keys()
    return frozenset(keys.index[keys.isin(into)].tolist()) if into else frozenset()


def _said(found: Compared, every: Sequence[Group]) -> Message:
    counts = group_counts(every)
    facts = {"rows": len(found.matches.prepared), "sure": counts["sure_groups"], "review": counts["review_groups"]}
    return Message(_SUM if every else _NONE, facts)


def _about(found: Compared) -> tuple[Text, ...]:
    """What a list was compared by, and what decisions and rows of a book stand in the way."""
    if not found.is_list:
        more = [Message(_MORE, {"count": len(found.twins) - _TWINS})] if len(found.twins) > _TWINS else []
        stuck = unmergeable(found.matches, found.table)
        flat = _read_as(found) if found.loaded.path.suffix.lower() in _FLAT else ()
        return (*flat, *decision_notes(found.loaded), *stuck, *found.twins[:_TWINS], *more)
    return (*_read_as(found), Message(_LIST, {"book": found.loaded.path.name}))


def _read_as(found: Compared) -> tuple[Text, ...]:
    """What the columns of a list were taken for: those compared, those left out, and whether none was the name."""
    table, book = found.table, {"book": found.loaded.path.name}
    held = _columns(found.loaded, table)
    headers = [text for letters, text in table.headers.items() if letters not in held and text.strip()]
    shown = [*headers[:_HEADERS], *(["…"] if len(headers) > _HEADERS else [])]
    left_out = [Message(_LEFT_OUT, {**book, "headers": chained(shown, N_(", "))})] if headers else []
    nameless = not {base_name(name) for name in held.values()} & NAMES and "name" not in table.values
    return (*([Message(_NO_NAME, book)] if nameless else []), compared_by(found.loaded, table), *left_out)


def _columns(loaded: Loaded, table: Table) -> Mapping[str, str]:
    """Letters -> comparable of the columns of a table that took part."""
    if table.name == LIST:
        return {letters: base_name(name) for name, letters in table.columns.items()}
    return columns_of(table, comparables(loaded.schema), {})


def _next(found: Compared, every: Sequence[Group]) -> tuple[Text, ...]:
    """What can be done about what was found."""
    if not every:
        return ()
    first = next((each for each in every if each.band == "review"), every[0])
    known = called(found.table, first.rows[:2])
    named = [known[row][0] or f"#{found.table.row_name(row)}" for row in first.rows[:2]]
    book = {"book": found.loaded.path.name}
    why = Message(_WHY, {**book, "left": named[0], "right": named[1]})
    decide = [Message(_DECIDE, book)] if first.band == "review" and not found.is_list else []
    return (*decide, why)


def compared_by(loaded: Loaded, table: Table) -> Message:
    """Which columns of a list took part, and as what."""
    words = comparables(loaded.schema)
    said = [
        Message(_COLUMN, {"header": table.headers.get(letters, letters), "field": words.fields[name].labels})
        for letters, name in _columns(loaded, table).items()
    ]
    return Message(_BY, {"columns": chained(said, N_(", "))})


def sections(
    every: Sequence[Group], matches: Matches, table: Table, loaded: Loaded, top: int, *, brief: bool = False
) -> tuple[Section, ...]:
    """The groups as a page tells them, `top` of each kind."""
    bands = {band: [each for each in every if each.band == band] for band in duplicates.BANDS}
    page = [
        Told(band, len(mine), [_lines(each) for each in members(matches, table, mine[:top])])
        for band, mine in bands.items()
    ]
    return duplicates.sections(page, loaded.schema, table.name, brief=brief)


def _lines(rows: Iterable[Member]) -> list[Line]:
    return [Line(each.row, each.key, each.name, each.pro, each.con) for each in rows]


def group_counts(every: Sequence[Group] | None) -> dict[str, int]:
    """How many groups are sure, and how many are for review."""
    if every is None:
        return {}
    sure = sum(each.band == "sure" for each in every)
    return {"sure_groups": sure, "review_groups": len(every) - sure}


def met_findings(met: Sequence[Met], loaded: Loaded) -> Findings:
    """The findings on leads and contacts that are customers already."""
    return across.findings(met, loaded.book.tables, loaded.schema) if met else Findings()


def met_counts(met: Sequence[Met]) -> dict[str, int]:
    """How many leads and contacts are customers already, and how many may be; nothing where there are none."""
    sure = sum(each.band == "sure" for each in met)
    return {"met_sure": sure, "met_review": len(met) - sure} if met else {}


def met_sections(met: Sequence[Met], loaded: Loaded, top: int) -> tuple[Section, ...]:
    """The leads and contacts that are customers already, `top` of each certainty."""
    if not met:
        return ()
    tables = loaded.book.tables
    bands = {band: [each for each in met if each.band == band] for band in duplicates.BANDS}
    known = across.names(met, tables)
    told = {band: [_meeting(each, tables, known) for each in mine[:top]] for band, mine in bands.items()}
    counts = {band: len(mine) for band, mine in bands.items()}
    return elsewhere.sections(told, counts, name="leads.name")


def _meeting(met: Met, tables: Mapping[str, Table], known: Mapping[str, Mapping[int, tuple[str, str]]]) -> Meeting:
    sheet, row, _ = tables[met.table].place(met.row)
    there = str(tables[CUSTOMERS].row_name(met.customer))
    return Meeting(
        (f"{sheet}!{row}", *known[met.table][met.row]),
        (there, *known[CUSTOMERS][met.customer]),
        met.reasons.pro,
        met.reasons.con,
    )


def doubles(matches: Matches | None, loaded: Loaded) -> Findings:
    """The findings on duplicates; none without customers."""
    return Findings() if matches is None else findings(matches, loaded.book.tables[CUSTOMERS])
