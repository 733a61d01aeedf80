"""Manifests are read as they were written; scripts make the lines that they were made for."""

import pytest

from crmsheet.history.manifest import (
    FileLayout,
    PartLayout,
    apply_script,
    read_manifest,
    write_manifest,
    write_script,
)
from crmsheet.history.pieces import base_rank

A, B, C = (bytes([n]) * 32 for n in range(3))
FILES = (
    FileLayout(
        'odd "name"\n',
        (A,),
        (
            PartLayout("frame", length=30),
            PartLayout("deflated", "xl/a b.xml", "zlib 6 8", 0, (B, C), ()),
            PartLayout("deflated", "空 格.xml", "", 0, (B,), (A, C)),
            PartLayout("stored", "", "", 0, (), ()),
        ),
    ),
    FileLayout("", (), ()),
)


def test_what_was_written_is_read():
    assert read_manifest(write_manifest(FILES)) == FILES
    assert read_manifest([]) == ()


@pytest.mark.parametrize("lines", [["piece 00"], ["frame 3"], ['file "a"', "frame x"], ['file "a"', "piece zz"]])
def test_lines_that_are_no_manifest_are_refused(lines):
    with pytest.raises(ValueError):  # noqa: PT011  (the class is the promise)
        read_manifest(lines)


@pytest.mark.parametrize(
    ("parent", "lines"),
    [("", ""), ("", "abc"), ("abc", ""), ("abc", "abc"), ("abcdef", "abXdef"), ("abc", "cabcab"), ("aab", "aaab")],
)
def test_scripts(parent, lines):
    script = write_script(list(parent), list(lines))
    assert apply_script(list(parent), script) == list(lines)


def test_a_script_of_a_small_edit_is_short():
    parent = [str(n) for n in range(1000)]
    assert write_script(parent, [*parent[:500], "x", *parent[501:]]) == ["=0 500", "+x", "=501 499"]


@pytest.mark.parametrize("step", ["=0 4", "=-1 2", "?", "=a b"])
def test_scripts_that_do_not_fit_are_refused(step):
    with pytest.raises(ValueError):  # noqa: PT011  (the class is the promise)
        apply_script(["a", "b", "c"], [step])


def test_chains_of_differences_stay_short():
    def chain(rank):
        base = base_rank(rank)
        return 0 if base is None else 1 + chain(base)

    assert [base_rank(rank) for rank in (0, 1, 2, 3, 4, 5, 8, 16, 17, 63, 64)] == [
        None,
        0,
        0,
        0,
        0,
        4,
        0,
        0,
        16,
        60,
        None,
    ]
    assert max(map(chain, range(64))) == 3
