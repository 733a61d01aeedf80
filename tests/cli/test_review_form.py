"""The form of duplicates: written, filled in with a spreadsheet program, read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from crmsheet.app.pair_decisions import decisions_of, decisions_path
from crmsheet.app.review_form import VERDICTS
from crmsheet.core.messages import Message
from crmsheet.match.decision_lines import verdict_of
from crmsheet.match.decisions import DIFFERENT, LATER, SAME
from crmsheet.resources import LANGUAGES, speech
from tests.cli.conftest import crmsheet, tree
from tests.twin_book import SURE, TWINS, twins

HEADS = {
    "zh": ("序号", "决定", "记录", "客户编号", "负责人"),
    "en": ("No.", "Decision", "Which record", "Customer ID", "负责人"),
}
LINES = 3


@pytest.fixture
def book(tmp_path):
    return twins(tmp_path / "客户.xlsx")


class Form:
    """A form in the hands of somebody: pairs by their keys, each cell by pair, line (0 to 2) and header."""

    def __init__(self, path: Path, lang: str = "zh") -> None:
        self.path, self.book = path, openpyxl.load_workbook(path)
        self.sheet = self.book.worksheets[0]
        self.columns = {cell.value: cell.column for cell in self.sheet[1]}
        self.number, self.decision, self.record, self.key, self.owner = HEADS[lang]
        keys = {row: self.sheet.cell(row, self.columns[self.key]).value for row in range(2, self.sheet.max_row + 1)}
        self.rows = {(keys[row], keys[row + 1]): row for row in keys if row % LINES == 2 and keys.get(row + 1)}

    def cell(self, pair: tuple[str, str], line: int, head: str):
        return self.sheet.cell(self.rows[pair] + line, self.columns[head])

    def decide(self, pair: tuple[str, str], word: str) -> None:
        self.cell(pair, 2, self.decision).value = word

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path


def form_of(book: Path, lang: str = "zh", *options: str) -> Form:
    path = book.with_name("待确认.xlsx")
    ran = crmsheet("dedupe", book, "-f", "xlsx", "-o", path, "--lang", lang, *options)
    assert ran.code == 0, ran.said
    return Form(path, lang)


def test_every_word_of_the_drop_down_is_understood():
    for lang in LANGUAGES:
        assert [verdict_of(speech(lang).say(Message(each))) for each in VERDICTS.values()] == list(VERDICTS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_form_shows_each_pair_and_offers_what_may_be_chosen(book, lang):
    before = book.read_bytes()
    form = form_of(book, lang)
    assert sorted(form.rows) == [*TWINS, SURE]
    assert list(form.rows)[-1] == SURE
    lists = {str(each.sqref): each.formula1 for each in form.sheet.data_validations.dataValidation}
    cell = form.cell(TWINS[1], 2, form.decision).coordinate
    words = [speech(lang).say(Message(each)) for each in VERDICTS.values()]
    assert [listed for places, listed in lists.items() if cell in places.split()] == [f'"{",".join(words)}"']
    assert form.cell(TWINS[1], 0, form.owner).value == "李雷"
    assert form.cell(TWINS[1], 1, form.owner).value == "王敏"
    assert form.cell(TWINS[1], 0, form.owner).fill.fgColor.rgb == "FFFFF2B3"
    assert "13911112222" not in str([[cell.value for cell in row] for row in form.sheet])
    assert len(form.book.sheetnames) == 2
    assert book.read_bytes() == before
    assert not decisions_path(book).exists()


def test_what_is_chosen_is_taken_over(book):
    form = form_of(book)
    form.decide(TWINS[0], "同一客户")
    form.decide(TWINS[1], "不同客户")
    form.decide(TWINS[2], "稍后")
    form.decide(SURE, "不同客户")
    form.cell(TWINS[0], 2, form.owner).value = 2
    ran = crmsheet("dedupe", book, "--answers", form.save(), "--lang", "en")
    assert ran.code == 0, ran.said
    assert "4 new decisions, 0 known already, 0 pairs not decided" in ran.out
    found = {each.pair: each for each in decisions_of(book)}
    wanted = [SAME, DIFFERENT, LATER, DIFFERENT]
    assert [found[pair].verdict for pair in (*TWINS, SURE)] == wanted
    assert found[TWINS[0]].fields == {"owner": "C002"}
    assert all(each.at for each in found.values())
    again = crmsheet("dedupe", book, "--answers", form.path, "--lang", "en")
    assert "0 new decisions, 4 known already" in again.out
    assert len(decisions_of(book)) == 4


def test_a_form_that_is_there_is_not_written_over(book):
    form = form_of(book)
    form.decide(TWINS[0], "同一客户")
    content = form.save().read_bytes()
    ran = crmsheet("dedupe", book, "-f", "xlsx", "-o", form.path, "--lang", "en")
    assert ran.code == 2
    assert "there already" in ran.err
    assert form.path.read_bytes() == content


def test_nothing_decided_is_nothing_taken(book):
    before = tree(book.parent)
    form = form_of(book)
    ran = crmsheet("dedupe", book, "--answers", form.path, "--lang", "en")
    assert (ran.code, "0 new decisions" in ran.out, "4 pairs not decided" in ran.out) == (0, True, True)
    after = tree(book.parent)
    assert {name for name in after if name not in before and ".crmsheet" not in name} == {form.path.name}


def _typo(form: Form) -> None:
    form.decide(TWINS[0], "也许")


def _two(form: Form) -> None:
    form.decide(TWINS[0], "同一客户")
    form.cell(TWINS[0], 0, form.decision).value = "不同客户"


def _half(form: Form) -> None:
    form.cell(TWINS[0], 2, form.owner).value = "1"


def _both(form: Form) -> None:
    form.decide(TWINS[0], "同一客户")
    form.cell(TWINS[0], 2, form.owner).value = "三"


def _keyless(form: Form) -> None:
    form.decide(TWINS[0], "同一客户")
    form.cell(TWINS[0], 1, form.key).value = None


def _gone(form: Form) -> None:
    form.decide(TWINS[0], "同一客户")
    form.cell(TWINS[0], 1, form.key).value = "C999"


@pytest.mark.parametrize(
    ("filled", "line", "head", "why"),
    [
        (_typo, 2, 1, "“也许” is no decision"),
        (_two, 2, 1, "decide differently"),
        (_half, 2, 4, "nothing is decided"),
        (_both, 2, 4, "“三” does not say"),
        (_keyless, 2, 1, "keys of the two records"),
        (_gone, 1, 3, "no customer C999"),
    ],
)
def test_what_cannot_be_understood_is_told_by_its_cell(book, filled: Callable[[Form], None], line, head, why):
    form = form_of(book)
    filled(form)
    form.decide(TWINS[1], "不同客户")
    cell = form.cell(TWINS[0], line, HEADS["zh"][head]).coordinate
    ran = crmsheet("dedupe", book, "--answers", form.save(), "--lang", "en")
    assert ran.code == 5
    assert f"!{cell} " in ran.out
    assert why in ran.out
    assert [each.pair for each in decisions_of(book)] == [TWINS[1]]  # the others are taken


def test_a_form_that_is_out_of_date_decides_nothing_about_what_changed(book):
    form = form_of(book)
    for pair in TWINS:
        form.decide(pair, "同一客户")
    form.decide(SURE, "同一客户")
    form.save()
    for column, value in (("城市", "宁波"), ("负责人", "赵云")):
        assert crmsheet("set", "C002", f"{column}={value}", book).code == 0
    assert crmsheet("dedupe", book, "--write").code == 0  # C007 and C008 are one by now
    ran = crmsheet("dedupe", book, "--answers", form.path, "--lang", "en")
    assert ran.code == 5
    assert "C002 was changed since the form was made (City)" in ran.out
    assert "was merged or archived meanwhile" in ran.out
    assert sorted(each.pair for each in decisions_of(book)) == list(TWINS[1:])


@pytest.mark.parametrize("options", [(), ("--reveal",)])
def test_a_new_spelling_is_no_change(book, options):
    """What the night run sets right says the same as before."""
    made = openpyxl.load_workbook(book)
    made.active["E4"] = "139 1111-2222"
    made.save(book)
    form = form_of(book, "zh", *options)
    form.decide(TWINS[1], "同一客户")
    form.save()
    assert crmsheet("clean", book, "--write").code == 0
    assert openpyxl.load_workbook(book).active["E4"].value == "13911112222"
    ran = crmsheet("dedupe", book, "--answers", form.path, "--lang", "en")
    assert ran.code == 0, ran.out


def test_lines_may_be_sorted_and_columns_moved(book):
    form = form_of(book)
    form.decide(TWINS[0], "同一客户")
    form.cell(TWINS[0], 2, form.owner).value = "2"
    rows = [[cell.value for cell in row] for row in form.sheet.iter_rows()]
    book_made = openpyxl.Workbook()
    book_made.active.append(["请周五前填好"])
    for line in (rows[0], *sorted(rows[1:], key=lambda row: str(row[5] or "")), ["合计"]):
        book_made.active.append([None, *reversed(line)])
    book_made.save(form.path)
    ran = crmsheet("dedupe", book, "--answers", form.path, "--lang", "en")
    assert ran.code == 0, ran.out
    [decision] = decisions_of(book)
    assert (decision.pair, decision.verdict, decision.fields) == (TWINS[0], SAME, {"owner": "C002"})


def test_other_files_are_no_forms(book, tmp_path):
    for path, code in ((book, 2), (tmp_path / "missing.xlsx", 3)):
        ran = crmsheet("dedupe", book, "--answers", path, "--lang", "en")
        assert ran.code == code, ran.said
        assert not decisions_path(book).exists()
    assert "no form of duplicates" in crmsheet("dedupe", book, "--answers", book, "--lang", "en").err


def test_a_book_without_twins_gets_no_form(tmp_path):
    book = tmp_path / "客户.xlsx"
    made = openpyxl.Workbook()
    for row in (("客户编号", "客户名称", "手机"), ("C1", "张三", "13800138000"), ("C2", "李四光", "13900139000")):
        made.active.append(row)
    made.save(book)
    ran = crmsheet("dedupe", book, "-f", "xlsx", "-o", tmp_path / "form.xlsx", "--lang", "en")
    assert ran.code == 0
    assert "Nothing is open" in ran.out
    assert not (tmp_path / "form.xlsx").exists()
