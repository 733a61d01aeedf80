"""Our block in a file of the user's comes and goes without touching another byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.app.git_blocks import Lines

OURS = ("*.xlsx diff=crmsheet", "/客户 簿/客户.csv diff=crmsheet")
OTHERS = st.one_of(
    st.none(),
    st.binary(max_size=60),
    st.lists(
        st.sampled_from([b"*.png binary", b"# >>> other", b"#", b"", b"\xff\xfe", b"*.xlsx -diff"]), max_size=6
    ).flatmap(lambda lines: st.sampled_from([b"\n", b"\r\n"]).map(lambda end: end.join(lines))),
)


@given(OTHERS)
def test_what_was_there_comes_back_byte_for_byte(content):
    before = Lines(content)
    having = before.having(OURS)
    assert having.ours == OURS
    assert having.content.startswith(content or b"")
    assert having.without() == before


@given(OTHERS)
def test_a_second_time_changes_nothing(content):
    once = Lines(content).having(OURS)
    assert once.having(OURS) == once


@given(OTHERS, st.sampled_from([b"*.zip binary\n", b"\n", b"# end"]))
def test_lines_that_others_add_later_stay(content, later):
    having = Lines(content).having(OURS)
    left = Lines(having.content + later).without().content
    assert left.endswith(later)
    assert left.startswith(content or b"")


def test_other_lines_in_the_block_take_the_place_of_the_old_ones():
    having = Lines(b"a\n").having(OURS)
    moved = Lines(having.content + b"b\n").having(OURS[:1])
    assert moved.ours == OURS[:1]
    assert moved.content.index(b"diff=crmsheet") < moved.content.index(b"b\n")
    assert moved.without().content == b"a\nb\n"


@pytest.mark.parametrize(
    "torn", [b"# >>> crmsheet\n*.xlsx diff=crmsheet\n", b"# <<< crmsheet\n", b"## >>> crmsheet\n# <<< crmsheet\n"]
)
def test_half_a_block_is_a_line_of_somebody_else(torn):
    assert Lines(torn).without().content == torn
    assert Lines(torn).having(OURS).without().content == torn


def test_line_ends_are_those_of_the_file():
    assert b"\n" not in Lines(b"*.png binary\r\n").having(OURS).content.replace(b"\r\n", b"")
