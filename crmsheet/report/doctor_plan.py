"""What to do next with a file, in order, with the commands; and its damage by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crmsheet.core.findings import Finding, Findings
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Section
from crmsheet.core.rules import LOST, RECOVERABLE, VERIFY, RuleCard
from crmsheet.report.doctor_layout import cut_short
from crmsheet.report.problems import place_of
from crmsheet.report.recovery import VERDICTS

_DAMAGE, _PLAN = N_("Damage"), N_("What to do next")
_VERDICT, _ABOUT, _COUNT, _FIRST = N_("Verdict"), N_("About"), N_("Values"), N_("The first")
_STEP, _DO = N_("Step"), N_("What")
_ORDER: Mapping[str, int] = {LOST: 0, VERIFY: 1, RECOVERABLE: 2}
_CLOSE = N_("Close it in the program that has it open.")
_WHICH = N_("Find out which of the copies is the right one, and go on with that one only.")
_SETTLE = N_("Answer the questions above: adopt asks them in a terminal, or write the lines into crmsheet.toml.")
_ADOPT = N_("See what would make it a book: {columns}the layout settled, the spelling set right.")
_KEYS = N_("a key column, ")
_WRITE = N_("Make it a book; the original is kept, and undo takes it back.")
_ASK = N_("Ask for the {count:,} lost values: the list above says whom.")
_CHECK = N_("See every finding with its place.")
_DEDUPE = N_("See which customers are there twice.")
_NIGHT = N_("Every night: clean, check, deduplicate, grade and plan.")
_NEW = N_("It holds no table of customers. Begin a book of your own, and copy into it what you need.")
_GRADES = N_("It holds sales: see how they grade the buyers.")
_HEADER = N_("Or give a sheet a header with a name that crmsheet knows, and run doctor again.")
_RESAVE = N_("Open it in Excel or WPS, save it as a plain .xlsx and go on with that.")


@dataclass(frozen=True, slots=True)
class State:
    """What decides the plan: the name of the file as a command takes it, and what stands in the way."""

    book: str
    customers: bool
    sales: bool = False
    holder: bool = False
    copies: bool = False
    doubts: bool = False
    refused: bool = False
    adoptable: bool = False
    keyless: bool = False
    lost: int = 0


def damage(findings: Findings, cards: Mapping[str, RuleCard], *, full: bool) -> tuple[Section, ...]:
    """One row per rule that damaged values break: the verdict, how many, the first of them; the lost ones first."""
    groups: dict[tuple[str, str], list[int]] = {}
    for at, (verdict, rule) in enumerate(zip(findings.column("recovery"), findings.column("rule"), strict=True)):
        if verdict:
            groups.setdefault((verdict, rule), []).append(at)
    names = Finding.__dataclass_fields__
    first = {
        group: Finding(**{name: findings.column(name)[many[0]] for name in names}) for group, many in groups.items()
    }
    order = sorted(groups, key=lambda group: (_ORDER[group[0]], -len(groups[group]), group[1]))
    rows: tuple[tuple[Any, ...], ...] = tuple(
        (
            Message(VERDICTS[verdict]),
            f"{rule}",
            Message(cards[rule].title) if rule in cards else None,
            len(groups[verdict, rule]),
            place_of(first[verdict, rule]),
        )
        for verdict, rule in order
    )
    shown, note = cut_short(rows, full=full)
    titles = tuple(map(Message, (_VERDICT, N_("Rule"), _ABOUT, _COUNT, _FIRST)))
    return (Section(Message(_DAMAGE), titles, shown, note, name="damage"),) if rows else ()


def plan(state: State) -> Section:
    """The steps in their order."""
    rows: list[tuple[Any, ...]] = []
    for number, (what, command) in enumerate(_steps(state), 1):
        # A command has a line of its own: one that is broken cannot be copied.
        rows += [(number, what), *([(None, command)] if command else [])]
    return Section(Message(_PLAN), (Message(_STEP), Message(_DO)), tuple(rows), name="plan")


def _steps(state: State) -> Iterator[tuple[Text, str | None]]:
    book = state.book
    if not state.customers:
        if state.doubts:
            yield Message(_SETTLE), None
        if state.sales:
            yield Message(_GRADES), f"crmsheet tier {book}"
        yield Message(_NEW), "crmsheet new customers.xlsx"
        yield Message(_HEADER), f"crmsheet doctor {book}"
        return
    if state.copies:
        yield Message(_WHICH), None
    if state.holder:
        yield Message(_CLOSE), None
    if state.refused:
        yield Message(_RESAVE), None
    if state.doubts:
        yield Message(_SETTLE), None
    if state.adoptable:
        columns = Message(_KEYS) if state.keyless else ""
        yield Message(_ADOPT, {"columns": columns}), f"crmsheet adopt {book}"
        yield Message(_WRITE), f"crmsheet adopt {book} --write"
    if state.lost:
        yield Message(_ASK, {"count": state.lost}), None
    yield Message(_CHECK), f"crmsheet check {book}"
    yield Message(_DEDUPE), f"crmsheet dedupe {book}"
    if not state.adoptable:
        yield Message(_NIGHT), f"crmsheet nightly {book} --write"
