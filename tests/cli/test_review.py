"""`dedupe --review`: questions in a terminal, answers that are kept at once, and what follows from them."""

from __future__ import annotations

import io
import re
import sys

import openpyxl
import pytest
from rich.cells import cell_len

from crmsheet.app.asking import BOTH, DIFFERENT, FIRST, LATER, SAME, SECOND, STOP, UNDO, Answer, Asked, FieldPair
from crmsheet.app.pair_decisions import decide, decisions_of, decisions_path
from crmsheet.cli import review_prompts
from crmsheet.cli.review_prompts import Reviewer
from crmsheet.core.outcome import Section
from crmsheet.match.decisions import Decision
from crmsheet.render import Terminal
from crmsheet.resources import speech
from tests.cli.conftest import crmsheet, tree
from tests.twin_book import HEADS, ROWS, SURE, TWINS, twins
from tests.unit.book.hostile import ods

WIDTH = 60
ASKED = re.compile(r"\b(C\d+)[（ (]")


@pytest.fixture
def book(tmp_path):
    return twins(tmp_path / "客户.xlsx")


@pytest.fixture
def typing(monkeypatch):
    """Answers to be typed, a line each, for the next review."""

    def typed(*lines: str) -> None:
        stream = io.StringIO("".join(f"{each}\n" for each in lines))
        monkeypatch.setattr(
            review_prompts, "reviewer", lambda language: Reviewer(language, stream, sys.stderr, Terminal(WIDTH))
        )

    return typed


def pairs_asked(page: str) -> list[tuple[str, str]]:
    """The keys that stood in the heads of the questions, in their order."""
    heads = re.findall(r"1[：:] ?(C\d+).*?2[：:] ?(C\d+)", page)
    return [(left, right) for left, right in heads]


def verdicts(book) -> dict[tuple[str, str], str]:
    return {each.pair: each.verdict for each in decisions_of(book)}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_pair_is_asked_once_and_never_again(book, typing, lang):
    typing("y", "n", "l")
    ran = crmsheet("dedupe", book, "--review", "--lang", lang)
    assert ran.code == 0
    asked = pairs_asked(ran.err)
    assert sorted(asked) == list(TWINS)
    assert [verdicts(book)[pair] for pair in asked] == [SAME, DIFFERENT, LATER]
    assert [f"{number} / 3" in ran.err for number in (1, 2, 3)] == [True] * 3
    assert "--write" in ran.out
    typing("y")
    again = crmsheet("dedupe", book, "--review", "--lang", lang)
    assert pairs_asked(again.err) == [asked[2]]
    typing()
    ended = crmsheet("dedupe", book, "--review", "--lang", lang)
    assert (ended.code, pairs_asked(ended.err)) == (0, [])
    assert ("没有待决定" if lang == "zh" else "Nothing is open") in ended.out


def test_the_book_is_not_touched_and_what_was_decided_is_merged(book, typing):
    before = book.read_bytes()
    typing("y", "n", "n")
    ran = crmsheet("dedupe", book, "--review", "--lang", "en")
    assert book.read_bytes() == before
    assert "merges 2 records" in ran.out
    same = next(pair for pair, verdict in verdicts(book).items() if verdict == SAME)
    written = crmsheet("dedupe", book, "--write", "--lang", "en")
    assert written.code == 0, written.said
    sheet = openpyxl.load_workbook(book).active
    heads = [cell.value for cell in sheet[1]]
    into = {row[0].value: row[heads.index("合并至")].value for row in sheet.iter_rows(min_row=2)}
    retired = {key for key, target in into.items() if target}
    assert len(retired) == 2
    assert all(len(retired & set(pair)) == 1 for pair in (same, SURE))
    again = crmsheet("dedupe", book, "--lang", "en")
    assert "Perhaps" not in again.out


def test_values_are_chosen_field_by_field(book, typing):
    decide(book, [Decision(*TWINS[0], DIFFERENT), Decision(*TWINS[2], DIFFERENT)])
    typing("e", "x", "2", "1", "")
    ran = crmsheet("dedupe", book, "--review", "--lang", "zh")
    assert ran.code == 0
    assert "“x”" in ran.err
    [decision] = [each for each in decisions_of(book) if each.verdict == SAME]
    assert decision.fields == {"owner": "C004", "mobile": "C003"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", decision.at)


def test_an_answer_is_taken_back(book, typing):
    typing("u", "y", "u", "n", "l", "q")
    ran = crmsheet("dedupe", book, "--review", "--lang", "en")
    assert "no answer yet to take back" in ran.err
    asked = pairs_asked(ran.err)
    assert asked[0] == asked[2]
    assert [verdicts(book)[pair] for pair in asked[2:4]] == [DIFFERENT, LATER]
    assert len(decisions_of(book)) == 2
    assert "Still open: 1" in ran.out


def test_keys_are_read_as_people_type_them(book, typing):
    typing("", "what", " Ｙ ", "不同", "稍后")
    ran = crmsheet("dedupe", book, "--review", "--lang", "zh")
    assert [each.verdict for each in decisions_of(book)] == [SAME, DIFFERENT, LATER]
    assert "“what”" in ran.err


def test_the_end_of_the_input_keeps_what_was_answered(book, typing):
    typing("y")
    ran = crmsheet("dedupe", book, "--review", "--lang", "en")
    assert ran.code == 130
    assert "What was answered is kept" in ran.err
    assert len(decisions_of(book)) == 1


def test_without_a_terminal_the_form_is_named(book):
    before = tree(book.parent)
    ran = crmsheet("dedupe", book, "--review", "--lang", "en")
    assert ran.code == 2
    assert "-f xlsx -o" in ran.err
    assert "--answers" in ran.err
    assert tree(book.parent) == before


def test_private_values_are_masked_unless_revealed(book, typing):
    typing("q")
    assert "13911112222" not in crmsheet("dedupe", book, "--review").said
    typing("n", "n", "n")
    shown = crmsheet("dedupe", book, "--review", "--reveal").err
    assert "13911112222" in shown
    assert "13611110002" in shown


def test_customers_without_keys_cannot_be_decided(tmp_path, typing):
    book = twins(tmp_path / "客户.xlsx", keyed=False)
    typing("y", "y", "y")
    ran = crmsheet("dedupe", book, "--review", "--lang", "en")
    assert ran.code == 0
    assert not decisions_path(book).exists()
    assert "Left out are 3 pairs" in ran.out
    assert "adopt" in ran.out
    form = crmsheet("dedupe", book, "-f", "xlsx", "-o", tmp_path / "form.xlsx", "--lang", "en")
    assert "Left out are 4 pairs" in form.out
    assert "Nothing is open" not in ran.out + form.out
    assert not (tmp_path / "form.xlsx").exists()
    assert crmsheet("adopt", book, "--write").code == 0
    assert crmsheet("dedupe", book, "--review", "--lang", "en").code == 0
    assert len(decisions_of(book)) == 3


def test_a_folder_of_csv_files(tmp_path, typing):
    folder = tmp_path / "book"
    folder.mkdir()
    twins(folder / "客户.csv")
    typing("y", "n", "l")
    assert crmsheet("dedupe", folder, "--review").code == 0
    assert len(decisions_of(folder)) == 3
    assert [each.name for each in folder.iterdir() if not each.name.startswith(".")] == ["客户.csv"]


def test_decisions_go_on_with_a_book_that_is_only_read(tmp_path, typing):
    """What is decided about an .ods holds for the workbook in which it goes on."""
    cell = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
    lines = ("".join(map(cell.format, row)) for row in (HEADS, *ROWS))
    foreign = tmp_path / "旧.ods"
    foreign.write_bytes(ods("".join(f"<table:table-row>{line}</table:table-row>" for line in lines)))
    typing("n", "n", "n")
    assert crmsheet("dedupe", foreign, "--review").code == 0
    assert len(decisions_of(tmp_path / "旧.xlsx")) == 3
    ran = crmsheet("dedupe", foreign, "--write", "--lang", "en")
    assert ran.code == 0, ran.said
    typing()
    assert "Nothing is open" in crmsheet("dedupe", tmp_path / "旧.xlsx", "--review", "--lang", "en").out
    assert "Nothing is open" in crmsheet("dedupe", foreign, "--review", "--lang", "en").out


def test_the_night_run_honours_what_was_decided(book):
    decisions_path(book).write_text("same\tC001\tC002\ndifferent\tC007\tC008\nwhat\n", "utf-8")
    ran = crmsheet("nightly", book, "--lang", "en", "-f", "json")
    assert ran.code == 0, ran.err
    assert any("客户.xlsx.decisions.txt, line 3" in note for note in ran.document["notes"])
    twice = [each["key"] for each in ran.document["findings"] if each["rule"] == "CRM310"]
    assert twice == ["C002"]


PAGE = (Section("1 / 1", ("", "1", "2"), (("名称\x1b[31m", "甲\x1b[2J\u202e" * 9, "=cmd|' /C calc'!A0"),)),)
FIELDS = (
    FieldPair("name", "名称", "甲\x1b[2J\u202e\n乙", "乙" * 70, differ=True, kept=FIRST),
    FieldPair("tags", "标签", "a", "b", differ=True, kept=BOTH, joinable=True),
)


class Echoing(io.StringIO):
    """What is typed, shown on the screen as a terminal shows it."""

    def __init__(self, typed: str, page: io.StringIO) -> None:
        super().__init__(typed)
        self.page = page

    def readline(self, *size: int) -> str:
        typed = super().readline(*size)
        self.page.write(typed)
        return typed


def asked_alone(*typed: str, fields=FIELDS, undoable: bool = False, lang: str = "zh") -> tuple[Answer, str]:
    """The answer to one question, and what stood on the screen."""
    page = io.StringIO()
    stream = Echoing("".join(f"{each}\n" for each in typed), page)
    reviewer = Reviewer(speech(lang), stream, page, Terminal(WIDTH))
    return reviewer(Asked(PAGE, fields, undoable)), page.getvalue()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_cells_and_narrow_terminals(lang):
    answer, page = asked_alone("?", "e", "", "q", "e", "1", "b", lang=lang)
    assert answer == Answer(SAME, {"name": FIRST, "tags": BOTH})
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert max(map(cell_len, page.split("\n"))) <= WIDTH


def test_edit_offers_what_can_be_chosen():
    assert asked_alone("e", "b", "2", "")[0] == Answer(SAME, {"name": SECOND})
    assert asked_alone("e", "y", fields=())[0] == Answer(SAME)
    assert asked_alone("u", undoable=True)[0] == Answer(UNDO)
    assert asked_alone("u", "q")[0] == Answer(STOP)
