"""What is asked, in which order, and what answers to others settle."""

from __future__ import annotations

from crmsheet.match.decisions import DIFFERENT, LATER, SAME, Decision
from crmsheet.match.questions import Question, Questionnaire, questionnaire
from tests.unit.match.books import found_in, table


def asked(*sides: tuple[int, int], apart: tuple[tuple[int, int], ...] = ()) -> Questionnaire:
    """Questions between customers by their numbers, of which each has one row and a letter as key."""
    questions = tuple(
        Question(place, (left + 2, right + 2), ("ABCDEF"[left], "ABCDEF"[right]), 9.0 - place, (left, right))
        for place, (left, right) in enumerate(sides)
    )
    return Questionnaire(questions, (), frozenset(apart))


def still(questions: Questionnaire, *answers: tuple[str, str]) -> list[str]:
    """The pairs that are open after answers such as ("AB", "same")."""
    return ["".join(each.keys) for each in questions.open([Decision(*pair, verdict) for pair, verdict in answers])]


def test_every_answer_closes_its_question():
    questions = asked((0, 1), (2, 3), (4, 5))
    assert still(questions) == ["AB", "CD", "EF"]
    for verdict in (SAME, DIFFERENT, LATER):
        assert still(questions, ("CD", verdict)) == ["AB", "EF"]
    assert still(questions, ("DC", SAME), ("AB", LATER), ("EF", DIFFERENT)) == []


def test_what_follows_from_answers_is_not_asked():
    triangle = asked((0, 1), (1, 2), (0, 2))
    assert still(triangle, ("AB", SAME)) == ["BC", "AC"]
    assert still(triangle, ("AB", SAME), ("BC", SAME)) == []
    assert still(triangle, ("AB", SAME), ("BC", DIFFERENT)) == []
    assert still(triangle, ("AB", DIFFERENT), ("BC", DIFFERENT)) == ["AC"]
    assert still(triangle, ("AB", DIFFERENT), ("BC", SAME)) == []
    assert still(triangle, ("AB", LATER), ("BC", LATER)) == ["AC"]


def test_what_was_decided_before_counts_as_well():
    assert still(asked((0, 1), (1, 2), apart=((0, 2),)), ("AB", SAME)) == []
    assert still(asked((0, 1), (1, 2), apart=((0, 5),)), ("AB", SAME)) == ["BC"]


def test_the_strongest_is_asked_first_and_what_was_put_off_last():
    rows = [
        {"customer_id": "A", "name": "欧阳靖宇", "kind": "person", "city": "杭州"},
        {"customer_id": "B", "name": "欧阳靖宇", "kind": "person", "city": "杭州"},
        {
            "customer_id": "C",
            "name": "杭州翎羽科技有限公司",
            "kind": "company",
            "mobile": "+8613911112222",
            "city": "杭州",
        },
        {
            "customer_id": "D",
            "name": "杭州翎羽科技有限公司",
            "kind": "company",
            "mobile": "+8613811113333",
            "city": "杭州",
        },
        {"customer_id": "E", "name": "诸葛明", "kind": "person", "mobile": "+8613711110009", "email": "zgm@x.cn"},
        {"customer_id": "F", "name": "诸葛明", "kind": "person", "mobile": "+8613711110009", "email": "zgm@x.cn"},
    ]
    book = table(rows)
    found = questionnaire(found_in(book), (), {})
    weights = [each.weight for each in found.questions]
    assert sorted(each.keys for each in found.questions) == [("A", "B"), ("C", "D")]
    assert weights == sorted(weights, reverse=True)
    assert [each.keys for each in found.sure] == [("E", "F")]
    first = Decision(*found.questions[0].keys, LATER)
    later = questionnaire(found_in(book, [first]), [first], {})
    assert [each.postponed for each in later.questions] == [False, True]
    assert later.questions[1].keys == found.questions[0].keys
    settled = Decision("E", "F", SAME)
    assert questionnaire(found_in(book, [settled]), [settled], {}).sure == ()
