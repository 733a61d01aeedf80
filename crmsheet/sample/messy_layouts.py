"""Forty messy layouts that the cells explain, and some that only a person can; after lists of what people meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from types import MappingProxyType

from crmsheet.sample import messy_headers, messy_questions, messy_rows
from crmsheet.sample.messy import Layout, Messy, Page


def messy_sheets(seed: int, layouts: Mapping[str, Layout] | None = None) -> Iterator[Messy]:
    """Every layout once; the seed changes words, places and lengths, and the language where it is free."""
    for place, make in enumerate((LAYOUTS if layouts is None else layouts).items()):
        rng = Random(seed * 1000 + place)  # noqa: S311  (made-up sheets need repeatable numbers, not secret ones)
        name, layout = make
        yield replace(layout(Page(rng, lang="en" if rng.random() < 0.3 else "zh")), title=name)


_MAKERS: tuple[Layout, ...] = (
    messy_headers.title_above,
    messy_headers.notice_that_names_the_labels,
    messy_headers.blank_rows_above,
    messy_headers.instructions_line_by_line,
    messy_headers.two_row_header,
    messy_headers.two_row_header_without_merged_cells,
    messy_headers.three_row_header,
    messy_headers.everything_at_once,
    messy_headers.company_merged_down,
    messy_headers.several_columns_merged_down,
    messy_headers.header_variants,
    messy_rows.header_on_every_page,
    messy_rows.pages_with_subtotals,
    messy_rows.example_row,
    messy_rows.unit_row,
    messy_rows.total_at_the_end,
    messy_rows.subtotals_by_group,
    messy_rows.notes_and_signature_below,
    messy_rows.blank_rows_between,
    messy_headers.not_in_the_corner,
    messy_rows.two_tables_stacked,
    messy_rows.two_tables_without_titles,
    messy_rows.two_tables_beside_each_other,
    messy_rows.two_beside_and_one_below,
    messy_headers.the_same_header_twice,
    messy_headers.columns_without_header,
    messy_headers.numbered_headers,
    messy_headers.inflated_range,
    messy_rows.hidden_rows,
    messy_rows.csv_of_unequal_rows,
    messy_rows.csv_with_title_and_total,
    messy_rows.report_of_another_program,
    messy_rows.remark_beside,
    messy_rows.numbered_rows_and_merged_total,
    messy_rows.formulas_and_errors,
    messy_headers.two_languages_in_a_header,
    messy_headers.years_under_a_group,
    messy_headers.one_column,
    messy_rows.month_by_month,
    messy_rows.remarks_far_below,
    messy_rows.template_rows_below_the_header,
    messy_headers.spacer_columns,
    messy_questions.no_header,
    messy_questions.transposed,
    messy_questions.two_headers,
    messy_questions.more_rows_below_the_total,
    messy_questions.company_only_once,
)

LAYOUTS: Mapping[str, Layout] = MappingProxyType({each.__name__.replace("_", " "): each for each in _MAKERS})
"""Every layout by what is messy about it."""
