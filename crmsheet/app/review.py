"""The review: people are asked about pairs that may be one customer, and each answer is kept at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmsheet.app import pair_decisions
from crmsheet.app.asking import BOTH, DIFFERENT, FIRST, LATER, SAME, STOP, UNDO, Answer, Ask, Asked
from crmsheet.app.bench import Bench, bench
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.pair_fields import beside
from crmsheet.app.request import Request
from crmsheet.core.book import Table
from crmsheet.core.errors import NobodyToAsk
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome
from crmsheet.match.decisions import Decision, where_merged
from crmsheet.match.duplicates import Matches
from crmsheet.match.evidence import card
from crmsheet.match.questions import Question, Questionnaire, questionnaire
from crmsheet.report import review as page

COMMAND = "dedupe"
NO_CUSTOMERS = N_("The book has no customers to compare.")
NOTHING = N_("Nothing is open: no two customers have to be decided.")
_DECIDED = N_("Decided: {same:,} the same, {different:,} different, {later:,} put off.")
_UNANSWERED = N_("Still open: {count:,}; the same command goes on with them.")
_ALL = N_("Nothing is open any more.")
KEPT_IN = N_("The answers stand in {file}; the book was not changed.")
_NEXT = N_("`crmsheet dedupe {book} --write` merges {count:,} records into the customers that they repeat.")
_KEYLESS = N_(
    "Left out are {count:,} pairs of customers whose key is missing in the file or there twice: "
    "`crmsheet adopt {book} --write` writes missing keys, `crmsheet check {book}` shows double ones."
)


def review(request: Request, ask: Ask | None) -> Outcome:
    """Asks about each pair that is open, until all are answered or the person stops.

    Raises:
        NobodyToAsk: `ask` is None, because nobody sits at a terminal.
        KeyboardInterrupt: the person broke it off; what was answered is kept.
    """
    if ask is None:
        raise NobodyToAsk(book=request.book or "BOOK")
    loaded = load_book(request)
    with bench(loaded) as on:
        matches = on.duplicates()
        if matches is None:
            return dataclasses.replace(loaded.outcome(COMMAND), notes=(Message(NO_CUSTOMERS), *loaded.about))
        interview = Interview(loaded, matches, *open_questions(loaded, matches))
        answers = interview.hold(ask)
        return _told(loaded, on, interview, answers)


def open_questions(loaded: Loaded, matches: Matches) -> tuple[Questionnaire, Questionnaire]:
    """What can be asked of a book, and what cannot be decided, because a key is missing or there twice."""
    customers = loaded.book.tables["customers"]
    found = questionnaire(matches, pair_decisions.known_to(loaded), where_merged(customers))
    unfit = unfit_keys(loaded)

    def those(*, decidable: bool) -> Questionnaire:
        questions, sure = (
            tuple(each for each in pairs if unfit.isdisjoint(each.keys) == decidable)
            for pairs in (found.questions, found.sure)
        )
        return dataclasses.replace(found, questions=questions, sure=sure)

    return those(decidable=True), those(decidable=False)


def unfit_keys(loaded: Loaded) -> frozenset[str]:
    """The keys by which nobody can be decided about: none at all, proposed ones, and those that are there twice."""
    keys = loaded.book.tables["customers"].keys()
    return pair_decisions.proposed_keys(loaded) | {"", *keys[keys.duplicated(keep=False)].tolist()}


def keyless(loaded: Loaded, count: int) -> tuple[Message, ...]:
    """A sentence on the pairs that cannot be decided, if there are any."""
    return (Message(_KEYLESS, {"count": count, "book": loaded.path.name}),) if count else ()


@dataclass(frozen=True, slots=True)
class Interview:
    """Questions on a loaded book, one after the other; those that are `unfit` are not asked."""

    loaded: Loaded
    matches: Matches
    questions: Questionnaire
    unfit: Questionnaire

    @property
    def customers(self) -> Table:
        """The table that the questions are about."""
        return self.loaded.book.tables["customers"]

    def hold(self, ask: Ask) -> list[Decision]:
        """Asks, and keeps each answer before the next question; the answers that stand."""
        answers: list[Decision] = []
        while still := self.questions.open(answers):
            question = still[0]
            asked = self.asked(question, len(answers) + 1, len(answers) + len(still), undoable=bool(answers))
            self.loaded.request.pause()
            answer = ask(asked)
            if answer.verdict == STOP:
                break
            if answer.verdict == UNDO:
                if answers:
                    pair_decisions.take_back(self.home, answers.pop(), self.loaded.request.tell)
                continue
            answers.append(self._decision(question, answer))
            pair_decisions.decide(self.home, answers[-1:], self.loaded.book.lang, self.loaded.request.tell)
        return answers

    def asked(self, question: Question, number: int, total: int, *, undoable: bool) -> Asked:
        """A question as a person gets it."""
        [fields] = beside(self.loaded, self.customers, [question.rows])
        heads = (
            page.heading(1, question.keys[0], self.customers.row_name(question.rows[0])),
            page.heading(2, question.keys[1], self.customers.row_name(question.rows[1])),
        )
        lines = [(each.label, each.left, each.right, each.differ) for each in fields]
        evidence = [(each.said, each.bits) for each in card(self.matches, question.place)]
        masked = not self.loaded.request.reveal
        sections = page.sections((number, total), heads, lines, evidence, postponed=question.postponed, masked=masked)
        return Asked(sections, tuple(each for each in fields if each.kept), undoable)

    def _decision(self, question: Question, answer: Answer) -> Decision:
        return decision_on(self.loaded, question.keys, answer.verdict, answer.fields)

    @property
    def home(self) -> Path:
        """The book beside which the answers stand."""
        return pair_decisions.home(self.loaded)


def decision_on(loaded: Loaded, keys: tuple[str, str], verdict: str, fields: Mapping[str, str]) -> Decision:
    """What whoever asks says now of two customers; of the fields, whose value survives."""
    chosen = {name: side if side == BOTH else keys[side != FIRST] for name, side in fields.items()}
    return Decision(*keys, verdict, loaded.context.actor, loaded.request.at, chosen)


def _told(loaded: Loaded, on: Bench, interview: Interview, answers: Sequence[Decision]) -> Outcome:
    counts = {verdict: sum(each.verdict == verdict for each in answers) for verdict in (SAME, DIFFERENT, LATER)}
    left = len(interview.questions.open(answers))
    told: list[Text] = []
    if answers:
        told += [
            Message(_DECIDED, counts),
            Message(KEPT_IN, {"file": pair_decisions.decisions_path(interview.home).name}),
        ]
    elif not interview.questions.questions and not interview.unfit.questions:
        told.append(Message(NOTHING))
    if left:
        told.append(Message(_UNANSWERED, {"count": left}))
    elif answers:
        told.append(Message(_ALL))
    told += keyless(loaded, len(interview.unfit.questions))
    told += next_step(loaded, on.duplicates() if answers else interview.matches)
    notes = (*told, *pair_decisions.notes(loaded), *loaded.about)
    return dataclasses.replace(loaded.outcome(COMMAND), counts={**counts, "open": left}, notes=notes)


def next_step(loaded: Loaded, matches: Matches | None) -> Iterator[Message]:
    """How many records a merge would retire, as decided so far; nothing where it would retire none."""
    keys = loaded.book.tables["customers"].keys()
    double = {"", *keys[keys.duplicated(keep=False)].tolist()}
    groups = matches.entities() if matches is not None else ()
    count = sum(len(rows) - 1 for rows in groups if double.isdisjoint(keys.loc[rows].tolist()))
    if count:
        yield Message(_NEXT, {"book": loaded.path.name, "count": count})
