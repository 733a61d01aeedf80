"""Grading again, slowly and obviously, in plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction


def pareto(revenue: Mapping[str, Fraction], line_a: Fraction, line_b: Fraction) -> dict[str, str]:
    """Walk down the customers; who comes before the line is reached is above it; equals share the first's class."""
    total = sum((each for each in revenue.values() if each > 0), Fraction(0))
    classes: dict[str, str] = {}
    passed = Fraction(0)
    for customer in sorted(revenue, key=lambda each: -revenue[each]):
        mine = revenue[customer]
        twins = [other for other in classes if revenue[other] == mine]
        if mine <= 0:
            classes[customer] = "C"
        elif twins:
            classes[customer] = classes[twins[0]]
        else:
            share = passed / total
            classes[customer] = "A" if share < line_a else "B" if share < line_b else "C"
        passed += max(mine, Fraction(0))
    return classes


def scores(figures: Mapping[str, object]) -> dict[str, int | None]:
    """1 for the worst fifth ... 5 for the best: by how many are strictly worse."""
    known = [each for each in figures.values() if each is not None]
    given: dict[str, int | None] = {}
    for customer, mine in figures.items():
        if mine is None or len(known) < 5:
            given[customer] = None
            continue
        worse = sum(1 for other in known if other < mine)  # type: ignore[operator]  # all of one kind
        given[customer] = 1 + 5 * worse // len(known)
    return given
