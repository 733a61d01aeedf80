"""Made-up books: the same on every run, true to their truth, and readable by other programs."""

import contextlib
import csv
import datetime as dt
import hashlib
import json
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import phonenumbers
import pytest
import python_calamine
from stdnum.cn import uscc

from crmsheet.sample import EXAMPLE_DAY, make_book, make_example
from crmsheet.sample.mess import ROW_RATES
from crmsheet.sample.spelling import SPELLERS

TODAY = dt.date(2026, 11, 23)
EXAMPLES = Path(__file__).parents[3] / "examples"
SHAPES = [
    pytest.param("book.xlsx", {"lang": "zh"}, id="workbook-zh"),
    pytest.param("book.xlsx", {"lang": "en"}, id="workbook-en"),
    pytest.param("book", {"lang": "zh"}, id="folder-zh"),
    pytest.param("book.xlsx", {"layout": "one_sheet"}, id="one-sheet"),
    pytest.param("book.xlsx", {"layout": "peer"}, id="peer"),
    pytest.param("book.xlsx", {"link": "name"}, id="linked-by-name"),
]


def digest(path):
    """The content of a book: of a workbook its members, because zlib is not the same on every machine."""
    found = hashlib.sha256()
    if path.is_dir():
        for file in sorted(path.iterdir()):
            found.update(file.name.encode() + file.read_bytes())
        return found.hexdigest()
    with zipfile.ZipFile(path) as package:
        for member in package.infolist():
            found.update(repr((member.filename, member.date_time)).encode() + package.read(member))
    return found.hexdigest()


def sheets(path):
    """Sheet -> place -> cell, as openpyxl or csv reads it."""
    if path.is_dir():
        return {file.stem: csv_cells(file) for file in path.glob("*.csv")}
    book = openpyxl.load_workbook(path)
    return {sheet.title: {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row} for sheet in book}


def csv_cells(file):
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    return {
        f"{openpyxl.utils.get_column_letter(n)}{at}": cell or None
        for at, row in enumerate(rows, 1)
        for n, cell in enumerate(row, 1)
    }


def cells(path, sheet):
    return sheets(path)[sheet]


def plain(cell):
    """A cell for comparison: a date is its text, midnight no time, numbers floats."""
    if isinstance(cell, dt.datetime):
        return (cell.date() if cell.time() == dt.time() else cell).isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return float(cell) if isinstance(cell, int | float) else cell


@pytest.mark.parametrize(("name", "options"), SHAPES)
def test_the_same_seed_makes_the_same_book(tmp_path, name, options):
    made = []
    for folder in ("a", "b"):
        path = tmp_path / folder / name
        path.parent.mkdir()
        truth = make_book(path, customers=80, seed=5, today=TODAY, **options)
        made.append((digest(path), truth))
    assert made[0] == made[1]
    other = tmp_path / "c" / name
    other.parent.mkdir()
    make_book(other, customers=80, seed=6, today=TODAY, **options)
    assert digest(other) != made[0][0]


@pytest.mark.parametrize(("name", "options"), SHAPES)
def test_each_planted_place_holds_what_the_truth_says(tmp_path, name, options):
    path = tmp_path / name
    truth = make_book(path, customers=120, seed=3, today=TODAY, mess=2.0, **options)
    read = sheets(path)
    assert len(truth.planted) > 40
    for planted in truth.planted:
        place = f"{planted.column or 'A'}{planted.row}"
        found = read[planted.sheet][place]
        if not planted.column:  # a whole row: its word stands in some cell of it
            assert planted.cell in [
                v for k, v in read[planted.sheet].items() if k.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == str(planted.row)
            ]
        elif path.is_dir():
            assert str(found) == as_csv(planted.cell), planted
        else:
            assert plain(found) == plain(planted.cell), planted
    places = Counter((p.sheet, p.row, p.column) for p in truth.planted)
    assert max(places.values()) == 1, "a cell is spoilt once"


def as_csv(cell):
    number = isinstance(cell, float) and cell.is_integer()
    return str(int(cell)) if number else cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def test_headers_lie_where_the_truth_says(tmp_path):
    path = tmp_path / "book.xlsx"
    truth = make_book(path, customers=60, today=TODAY)
    customers = truth.tables["customers"]
    found = cells(path, customers.sheet)
    assert customers.header_row == 2
    assert found["A1"] == "客户关系管理书"
    assert found[f"{customers.columns['customer_id']}2"] == "客户编号"
    assert found[f"{customers.columns['mobile']}2"] == "手机"
    assert customers.last_row - customers.first_row + 1 == 60


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_clean_book_has_valid_values_and_no_doubles(tmp_path, lang):
    path = tmp_path / "book.xlsx"
    truth = make_book(path, customers=200, seed=9, today=TODAY, lang=lang, mess=0)
    assert truth.planted == ()
    assert truth.duplicates == ()
    customers = truth.tables["customers"]
    found = cells(path, customers.sheet)
    rows = range(customers.first_row, customers.last_row + 1)
    column = {name: [found[f"{letters}{row}"] for row in rows] for name, letters in customers.columns.items()}
    region = "CN" if lang == "zh" else "US"
    numbers = [each for name in ("mobile", "phone") for each in column[name] if each]
    assert len(numbers) > 200
    for number in numbers:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number, region)), number
    for name in ("customer_id", "mobile", "email"):
        given = [each for each in column[name] if each is not None]
        assert len(given) == len(set(given)), name
    assert all(isinstance(each, dt.datetime) and each.date() < TODAY for each in column["created_at"])
    assert all(each.endswith(".example.com") for each in column["email"] if each)
    for code in column.get("uscc", ()):
        assert code is None or uscc.is_valid(code)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_true_phone_values_are_valid_and_lost_ones_are_not_recoverable(tmp_path, lang):
    truth = make_book(tmp_path / "book", customers=600, seed=2, today=TODAY, lang=lang, mess=3)
    region, seen = ("CN" if lang == "zh" else "US"), Counter()
    for planted in truth.planted:
        if not planted.kind.startswith("phone-"):
            continue
        seen[planted.kind] += 1
        for number in planted.value.split("|"):
            parsed = phonenumbers.parse(number.partition("x")[0])
            assert phonenumbers.is_valid_number(parsed), planted
        if planted.kind in {"phone-digit-missing", "phone-masked", "phone-scientific", "phone-wechat"}:
            assert not planted.recoverable
            with contextlib.suppress(phonenumbers.NumberParseException):
                assert not phonenumbers.is_valid_number(phonenumbers.parse(str(planted.cell), region)), planted
    expected = {"phone-number", "phone-several", "phone-extension", "phone-prefix", "phone-masked", "phone-apostrophe"}
    assert expected <= set(seen)


def test_rates_are_as_documented(tmp_path):
    truth = make_book(tmp_path / "book", customers=3000, seed=11, today=TODAY)
    planted = Counter(each.field for each in truth.planted if each.table == "customers")
    filled = {"mobile": 0.92, "email": 0.77, "created_at": 1.0}
    for field, share in filled.items():
        rate = sum(rate for rate, _ in SPELLERS[field])
        # Some spellers decline a value (an extension on a mobile), so the rate is an upper mark.
        assert 0.6 * rate < planted[field] / (3000 * share) < 1.2 * rate, field
    assert truth.count()["test-row"] == round(3000 * ROW_RATES["test-row"])
    assert len(truth.duplicates) == pytest.approx(120, abs=6)


def test_twice_the_mess_is_about_twice_as_much(tmp_path):
    one, two = (
        len(make_book(tmp_path / str(mess), customers=1000, today=TODAY, mess=mess).planted) for mess in (1.0, 2.0)
    )
    assert 1.8 < two / one < 2.2


def test_duplicates_are_the_same_customer(tmp_path):
    path = tmp_path / "book.xlsx"
    truth = make_book(path, customers=200, seed=4, today=TODAY)
    customers = truth.tables["customers"]
    found = cells(path, customers.sheet)
    keys = [found[f"{customers.columns['customer_id']}{row}"] for group in truth.duplicates for row in group]
    assert keys == [key for group in truth.duplicate_keys for key in group]
    assert len(keys) == len(set(keys))
    owner = customers.columns["owner"]
    assert all(len({found[f"{owner}{row}"] for row in group}) > 1 for group in truth.duplicates)
    twins = {row for group in truth.duplicates for row in group}
    phone = customers.columns["phone"]
    for group in truth.shared:
        assert not set(group) <= twins
        assert {found[f"{phone}{row}"] for row in group}


def test_revenue_is_heavy_tailed(tmp_path):
    path = tmp_path / "book.xlsx"
    truth = make_book(path, customers=500, seed=4, today=TODAY, layout="one_sheet", mess=0, transactions=1500)
    customers = truth.tables["customers"]
    found = cells(path, customers.sheet)
    rows = range(customers.first_row, customers.last_row + 1)
    amounts = sorted((found[f"{customers.columns['total_amount']}{row}"] for row in rows), reverse=True)
    assert 0.6 < sum(amounts[:100]) / sum(amounts) < 0.98
    assert found[f"A{customers.last_row + 1}"] == "合计"


def test_large_books_open_everywhere_and_agree_with_small_ones(tmp_path, monkeypatch):
    options = {"customers": 150, "seed": 8, "today": TODAY, "title": False}
    small = make_book(tmp_path / "book.xlsx", **options)
    monkeypatch.setattr("crmsheet.sample.making.LARGE", 100)
    (tmp_path / "large").mkdir()
    large = make_book(tmp_path / "large" / "book.xlsx", **options)
    assert large.planted == small.planted
    ours, theirs = sheets(tmp_path / "large" / "book.xlsx"), sheets(tmp_path / "book.xlsx")
    for table in small.tables.values():
        same = {place: plain(cell) for place, cell in ours[table.sheet].items()}
        assert same == {place: plain(cell) for place, cell in theirs[table.sheet].items()}
    book = openpyxl.load_workbook(tmp_path / "large" / "book.xlsx")
    assert book["交易记录"].tables
    sheet = python_calamine.CalamineWorkbook.from_path(tmp_path / "large" / "book.xlsx").get_sheet_by_name("客户")
    assert len(sheet.to_python()) == 151


def test_a_small_workbook_holds_what_careless_writers_lose(tmp_path):
    path = tmp_path / "book.xlsx"
    truth = make_book(path, customers=80, today=TODAY)
    book, shown = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    sheet = book["客户"]
    assert truth.foreign == ("汇总", "选项", "说明")
    assert set(truth.foreign) < set(book.sheetnames)
    assert sheet.freeze_panes
    assert sheet.data_validations.dataValidation
    assert sheet.conditional_formatting
    assert any(cell.comment for row in sheet.iter_rows() for cell in row)
    assert any(dimension.hidden for dimension in sheet.row_dimensions.values())
    assert book["交易记录"].tables
    assert book.defined_names
    assert book["汇总"]._charts
    assert str(book["汇总"]["B4"].value).startswith("=COUNTIF(")
    assert shown["汇总"]["B4"].value > 0, "formulas carry their values"
    band = truth.tables["customers"].columns["credit_band"]
    assert {shown["客户"][f"{band}{row}"].value for row in range(3, 83)} >= {"高", "普通"}


@pytest.mark.parametrize("name", ["客户关系管理书.xlsx", "en/customer-book.xlsx", "csv-book", "one-sheet.xlsx"])
def test_the_examples_are_what_the_generator_makes(made_examples, name):
    made = made_examples / name
    assert digest(EXAMPLES / name) == digest(made), "run `python -m crmsheet.sample` and look at what changed"
    if made.is_file():
        assert made.stat().st_size < 150_000


@pytest.fixture(scope="module")
def made_examples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    make_example(folder, EXAMPLE_DAY)
    return folder


def test_the_csv_example_has_two_encodings(made_examples):
    customers = (made_examples / "csv-book" / "客户.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        customers.decode("utf-8")
    assert customers.decode("gb18030").startswith("客户编号")
    assert (made_examples / "csv-book" / "交易记录.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_truth_is_saved_as_json(tmp_path):
    truth = make_book(tmp_path / "book", customers=60, today=TODAY)
    truth.save(tmp_path / "truth.json")
    read = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert len(read["planted"]) == len(truth.planted)
    assert read["today"] == "2026-11-23"
    assert read["tables"]["customers"]["sheet"] == "客户"


@pytest.mark.parametrize("wrong", [{"layout": "round"}, {"lang": "de"}, {"link": "phone"}])
def test_unknown_wishes_are_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match="no such"):
        make_book(tmp_path / "book", customers=5, today=TODAY, **wrong)


@pytest.mark.parametrize("customers", [1, 2, 5])
def test_tiny_books_are_books(tmp_path, customers):
    path = tmp_path / "book.xlsx"
    truth = make_book(path, customers=customers, today=TODAY)
    assert truth.tables["customers"].last_row == 2 + customers
    assert openpyxl.load_workbook(path).sheetnames[0] == "客户"
