"""What people have to decide: pairs that may be one customer, the strongest first, each asked while it is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from crmsheet.match.clusters import Pair, components
from crmsheet.match.decisions import DIFFERENT, LATER, SAME, Decision, decided, followed
from crmsheet.match.duplicates import Matches
from crmsheet.match.verdicts import worth_telling

_Part = TypeVar("_Part", int, str)


@dataclass(frozen=True, slots=True)
class Question:
    """A pair at a place of `matches.pairs`: its sheet rows, its keys, and how strong it is.

    `sides` are the customers whom the rows belong to, numbered from 0: rows that are surely one customer have one
    number. `postponed` tells that somebody said "later".
    """

    place: int
    rows: tuple[int, int]
    keys: tuple[str, str]
    weight: float
    sides: Pair
    postponed: bool = False


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The questions on a table, in the order in which they are asked.

    `sure` are the pairs that nobody needs to ask or has asked about, `apart` the customers decided to differ.
    """

    questions: tuple[Question, ...]
    sure: tuple[Question, ...]
    apart: frozenset[Pair]

    def open(self, answers: Sequence[Decision]) -> list[Question]:
        """The questions that answers to others leave open.

        None is open between customers who are one by now, of whom somebody said that they differ, or who were put off.
        """
        said = {each.pair: each.verdict for each in answers}
        verdicts = [(each, said.get(_sorted(*each.keys))) for each in self.questions]
        one = self._joined(each.sides for each, verdict in verdicts if verdict == SAME)
        closed = {_sorted(one[a], one[b]) for a, b in self.apart}
        closed |= {
            _sorted(one[each.sides[0]], one[each.sides[1]]) for each, verdict in verdicts if verdict == DIFFERENT
        }
        found = []
        for each, verdict in verdicts:
            two = _sorted(one[each.sides[0]], one[each.sides[1]])
            if verdict is None and two[0] != two[1] and two not in closed:
                found.append(each)
        return found

    def _joined(self, pairs: Iterable[Pair]) -> list[int]:
        """The customer that each number stands for, when these pairs are one customer each."""
        count = 1 + max((side for each in self.questions for side in each.sides), default=-1)
        apart = 1 + max((side for pair in self.apart for side in pair), default=-1)
        return [int(each) for each in components(max(count, apart), pairs)]


def questionnaire(matches: Matches, decisions: Iterable[Decision], into: Mapping[str, str]) -> Questionnaire:
    """The questions that what was found leaves open; those that were put off come last.

    `into` says where merged customers went. Rows without a key, or with one that several rows have, cannot be decided:
    `Question.keys` tells.
    """
    known = tuple(decisions)
    numbers = _numbers(matches)
    living = frozenset(matches.prepared.keys)
    verdicts = {pair: each.verdict for pair, each in followed(known, living, into).items()}
    found: dict[bool, list[Question]] = {True: [], False: []}
    key_of = dict(zip(matches.prepared.rows.tolist(), matches.prepared.keys, strict=True))
    columns = (matches.pairs[name].tolist() for name in ("left_row", "right_row", "weight"))
    pairs = list(zip(*columns, strict=True))
    for place, sure in worth_telling(matches):
        left, right, weight = pairs[place]
        keys = key_of[left], key_of[right]
        sides = _sorted(numbers[left], numbers[right])
        said = verdicts.get(_sorted(*keys))
        if said != SAME:
            found[sure].append(Question(place, (left, right), keys, weight, sides, said == LATER))
    for each in found.values():
        each.sort(key=lambda each: (each.postponed, -each.weight, each.rows))
    rows = matches.prepared.rows.tolist()
    decided_apart = ((rows[a], rows[b]) for a, b in decided(known, matches.prepared.keys, into).different)
    apart = {_sorted(numbers[a], numbers[b]) for a, b in decided_apart if a in numbers and b in numbers}
    return Questionnaire(tuple(found[False]), tuple(found[True]), frozenset(apart))


def _numbers(matches: Matches) -> dict[int, int]:
    """Sheet row -> the number of its customer, from 0; only rows with a link."""
    rows, entities = (matches.clusters[name].tolist() for name in ("row_", "entity"))
    numbers = {each: number for number, each in enumerate(sorted(set(entities)))}
    return {row: numbers[each] for row, each in zip(rows, entities, strict=True)}


def _sorted(left: _Part, right: _Part) -> tuple[_Part, _Part]:
    return min(left, right), max(left, right)
