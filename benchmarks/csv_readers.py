"""The readers that `csv_dialects.py` compares: one worker a process, a list of files in, what it made of them out.

Pollock tells pandas and DuckDB how each file is written (`parameters/`), so they are told here too; CleverCSV,
`duckdb-auto` and crmsheet are told nothing.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from functools import cache
from pathlib import Path

HEADERS = {
    "zh_CN": "客户名称,联系人,城市,电话", "zh_TW": "客戶名稱,聯絡人,城市,電話", "ja_JP": "顧客名,担当者,市,電話",
    "ko_KR": "고객명,담당자,도시,전화", "de_DE": "Firma,Ansprechpartner,Straße,Telefon",
    "fr_FR": "Société,Contact,Ville,Téléphone", "es_ES": "Compañía,Contacto,Ciudad,Teléfono",
    "pt_BR": "Razão social,Contato,Cidade,Telefone", "pl_PL": "Firma,Osoba,Miasto,Telefon",
    "cs_CZ": "Společnost,Osoba,Město,Telefon", "hu_HU": "Cég,Név,Város,Telefon", "tr_TR": "Şirket,Kişi,Şehir,Telefon",
    "ru_RU": "Компания,Контакт,Город,Телефон", "el_GR": "Εταιρεία,Επαφή,Πόλη,Τηλέφωνο", "he_IL": "חברה,שם,עיר,טלפון",
    "ar_AA": "شركة,اسم,مدينة,هاتف", "lt_LT": "Įmonė,Vardas,Miestas,Telefonas", "sv_SE": "Företag,Namn,Ort,Telefon",
    "vi_VN": "Công ty,Tên,Thành phố,Điện thoại",
}  # fmt: skip
ENCODINGS = {
    "zh_CN": ("gb18030", "gbk"), "zh_TW": ("cp950",), "ja_JP": ("cp932", "euc_jp", "iso2022_jp"), "ko_KR": ("cp949",),
    "de_DE": ("cp1252", "mac_roman"), "fr_FR": ("cp1252", "mac_roman"), "es_ES": ("cp1252",), "pt_BR": ("cp1252",),
    "pl_PL": ("cp1250", "iso8859_2"), "cs_CZ": ("cp1250", "iso8859_2"), "hu_HU": ("cp1250",), "tr_TR": ("cp1254",),
    "ru_RU": ("cp1251", "koi8_r", "cp866", "mac_cyrillic"), "el_GR": ("cp1253",), "he_IL": ("cp1255",),
    "ar_AA": ("cp1256",), "lt_LT": ("cp1257",), "sv_SE": ("cp1252",), "vi_VN": ("cp1258",),
}  # fmt: skip


def crmsheet(path):
    """Each record up to its last filled cell, but at least as wide as most are."""
    from crmsheet.book.opening import open_book_file

    opened = open_book_file(path)
    return _rows(opened.sheets[0].cells, next(iter(opened.dialects.values())).width)


def crmsheet_table(path):
    """The first table that commands find in the sheet, below one header."""
    from crmsheet.book.layout.reading import read_layout
    from crmsheet.book.opening import open_book_file

    sheet = open_book_file(path).sheets[0]
    layout = read_layout(sheet, _vocabulary().knows)
    if not layout.blocks:
        return crmsheet(path)
    block = layout.blocks[0]
    rows = sheet.cells.loc[list(block.rows), list(block.columns)]
    head = [" ".join(str(sheet.cells.at[row, letters] or "") for row in block.header_rows) for letters in block.columns]
    return [head, *_rows(rows, len(block.columns))]


@cache
def _vocabulary():
    from crmsheet.app.schemas import load_schema
    from crmsheet.schema.vocabulary import Vocabulary

    return Vocabulary(load_schema(Path()))


def _rows(cells, least):
    found = []
    for row in cells.to_numpy().tolist():
        width = max([least, *(at + 1 for at, cell in enumerate(row) if cell is not None)])
        found.append([cell or "" for cell in row[:width]] + [""] * (width - len(row)))
    return found


def pandas(path):
    import pandas as pd

    how = _parameters(path)
    quote, escape = how["quotechar"], how["escapechar"]
    doubled = escape == quote
    frame = pd.read_csv(
        path, dtype=object, on_bad_lines="skip", engine="c", encoding=how["encoding"], quotechar=quote,
        escapechar=None if doubled else escape, doublequote=doubled, skiprows=how["preamble_lines"] or None,
        lineterminator=how["row_delimiter"][0] if how["row_delimiter"] not in ("\r\n", "", None) else None,
    )  # fmt: skip
    return _frame(frame)


def duckdb(path):
    how = _parameters(path)
    return _duckdb(
        path, delimiter=how["delimiter"], quotechar=how["quotechar"], escapechar=how["escapechar"], header=False,
        skiprows=how["preamble_lines"] + how["header_lines"], auto_detect=False,
        columns=dict.fromkeys(how["column_names"], "VARCHAR"),
    )  # fmt: skip


def duckdb_auto(path):
    return _duckdb(path)


def _duckdb(path, **how):
    import duckdb as db

    with db.connect() as connection:
        relation = connection.read_csv(str(path), strict_mode=False, ignore_errors=True, null_padding=True, **how)
        return _frame(relation.df())


def _frame(frame):
    cells = frame.astype(object).to_numpy().tolist()
    rows = [["" if cell is None or cell != cell else str(cell) for cell in row] for row in cells]
    return [[str(each) for each in frame.columns], *rows]


def _parameters(path):
    beside = path.parent.parent / "parameters" / f"{path.name}_parameters.json"
    how = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
    width = how.get("n_columns") or 1
    return {
        "encoding": how.get("encoding") or "utf-8",
        "delimiter": how.get("delimiter") or ",",
        "quotechar": how.get("quotechar") or '"',
        "escapechar": how.get("escapechar") or '"',
        "row_delimiter": how.get("row_delimiter"),
        "header_lines": int(how.get("header_lines") or 0),
        "preamble_lines": int(how.get("preamble_lines") or 0),
        "column_names": [each.strip() for each in how.get("column_names") or ()]
        or [f"col_{at}" for at in range(width)],
    }


def clevercsv(path):
    import clevercsv as peer

    with path.open(newline="", encoding=_parameters(path)["encoding"]) as file:
        dialect = peer.Sniffer().sniff(file.read())
        file.seek(0)
        return list(peer.reader(file, dialect))


def detect_crmsheet(path):
    from crmsheet.book.encoding import decode

    return decode(path.read_bytes()).text


def detect_chardet(path):
    import chardet

    return _decoded(path, chardet.detect(path.read_bytes())["encoding"])


def detect_charset_normalizer(path):
    from charset_normalizer import from_bytes

    best = from_bytes(path.read_bytes()).best()
    return _decoded(path, best.encoding if best else None)


def detect_faust_cchardet(path):
    import cchardet

    return _decoded(path, cchardet.detect(path.read_bytes())["encoding"])


def _decoded(path, encoding):
    return path.read_bytes().decode(encoding).removeprefix("\ufeff") if encoding else None


def time_crmsheet(path):
    from crmsheet.book.csv_reading import read_csv

    return _timed(lambda: read_csv(path, path.read_bytes()))


def time_pandas(path):
    import pandas as pd

    return _timed(lambda: pd.read_csv(path, dtype=str))


def _timed(work):
    began = time.process_time()
    work()
    took = time.process_time() - began
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> (20 if sys.platform == "darwin" else 10)


def make_lists(folder):
    """Lists of made-up customers: language-encoding-rows-number.csv."""
    from faker import Faker

    for language, encodings in ENCODINGS.items():
        made = Faker(language)
        for rows in (1, 5, 50):
            for seed in range(8):
                made.seed_instance(seed * 1000 + rows)
                lines = [HEADERS[language], *(_customer(made) for _ in range(rows)), ""]
                for encoding in encodings:
                    content = _typed("\r\n".join(lines), encoding).encode(encoding, "ignore")
                    (Path(folder) / f"{language}-{encoding}-{rows}-{seed}.csv").write_bytes(content)


def _customer(made):
    words = (made.company(), made.name(), made.city(), made.phone_number())
    return ",".join(each.replace(",", " ") for each in words)


def _typed(text, encoding):
    """Vietnamese for Windows has its tones as characters of their own."""
    if encoding != "cp1258":
        return text
    import unicodedata

    letters = {unicodedata.normalize("NFD", each): each for each in "âêôăơưÂÊÔĂƠƯ"}
    text = unicodedata.normalize("NFD", text)
    for apart, together in letters.items():
        text = text.replace(apart, together)
    return text


def main() -> None:
    worker = sys.argv[1].replace("-", "_")
    if worker == "make_lists":
        make_lists(sys.argv[2])
        return
    found = []
    for name in json.load(sys.stdin):
        try:
            found.append(globals()[worker](Path(name)))
        except Exception:  # noqa: BLE001  (a reader that fails in whatever way gives no table)
            found.append(None)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
