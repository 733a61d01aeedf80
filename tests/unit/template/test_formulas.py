"""Measures as formulas: criteria in the words of the book, retired records left out, currencies never added up."""

from __future__ import annotations

import pytest

from crmsheet.template.blueprint import Figure, Measure
from crmsheet.template.formulas import Formulas
from tests.unit.template.made import places

LABELS = {"zh": "x", "en": "x"}


def column(letters: str, sheet: str = "客户") -> str:
    return f"'{sheet}'!${letters}$3:${letters}$1048576"


@pytest.fixture
def minimal():
    return Formulas(places("minimal", "zh"))


def test_a_count_leaves_out_what_was_merged_or_archived(minimal):
    assert minimal.number(Measure("count", "customers")) == (
        f'COUNTIFS({column("B")},"<>",{column("V")},"<>已合并",{column("V")},"<>已归档")'
    )


def test_several_codes_are_several_counts_in_the_words_of_the_language():
    english = Formulas(places("minimal", "en"))
    text = english.number(Measure("count", "customers", where=(("stage", ("won", "retained")),)))
    assert text.count("COUNTIFS(") == 2
    assert '"Customer"' in text
    assert '"Retained"' in text


def test_a_share_of_nothing_is_empty(minimal):
    all_of_them = Measure("count", "customers")
    figure = Figure(LABELS, "percent", Measure("count", "customers", where=(("stage", ("won",)),)), all_of_them)
    assert minimal.figure(figure).startswith("IFERROR((COUNTIFS(")
    assert minimal.figure(figure).endswith(',"")')


def test_a_net_share_is_the_difference_in_points(minimal):
    part = Measure("count", "customers")
    assert minimal.figure(Figure(LABELS, "net", part, part, part)).count("-(COUNTIFS(") == 1
    assert ")*100," in minimal.figure(Figure(LABELS, "net", part, part, part))


def test_only_the_currency_of_the_book_is_summed():
    spots = places("full", "zh")
    text = Formulas(spots, "$N$3").number(Measure("sum", "transactions", "amount"))
    currency = spots.column("transactions.currency")
    assert f"{currency},$N$3" in text
    assert f'{currency},""' in text
    assert text.count("SUMIFS(") == 2


def test_a_sum_without_currencies_is_one_sum():
    text = Formulas(places("sales", "zh")).number(Measure("sum", "transactions", "amount"))
    assert text.count("SUMIFS(") == 1


def test_an_average_is_taken_over_numbers_only():
    text = Formulas(places("satisfaction", "en")).number(Measure("average", "surveys", "score"))
    assert text.startswith("IFERROR((SUMIFS(")
    assert '">-1E+99"' in text


@pytest.mark.parametrize(("value", "criterion"), [("empty", '""'), (">=4", '">=4"')])
def test_comparisons_and_emptiness_go_as_they_are(minimal, value, criterion):
    text = minimal.number(Measure("count", "customers", where=(("last_deal_at", (value,)),)))
    assert f"{column('N')},{criterion}" in text
