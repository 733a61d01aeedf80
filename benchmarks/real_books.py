"""Two night runs and an undo on copies of books that other people made; the figures of docs/real-books.md.

    python benchmarks/real_books.py DATA                    all books, as rows of a Markdown table
    python benchmarks/real_books.py DATA superstore cdnow   the books whose name contains one of the words
    python benchmarks/real_books.py DATA --keep FOLDER      the written books and the JSON of each night stay

Each book is copied to a folder of its own, and `--today` is given, so the figures do not depend on the day. The change
budget is opened wide: it would rightly stop the first night on some of these books.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import CRMSHEET, Run, run

TODAY = "2026-11-23"
SETTINGS = "[nightly]\nbudget_rows = 1.0\n"
EXAMPLES = Path(__file__).parent.parent / "examples"
FOLDERS: Mapping[str, Mapping[str, str]] = {
    "online-retail": {"transactions/online_retail_541909.csv.gz": "transactions.csv"},
    "rfm-customers-and-orders": {
        "transactions/rfm_data_customer.csv": "customers.csv",
        "transactions/rfm_data_orders.csv": "orders.csv",
    },
    "rfm-orders": {"transactions/rfm_data_orders.csv": "orders.csv"},
    "superstore": {"transactions/superstore_9994.csv": "superstore.csv"},
    "cdnow": {"transactions/cdnow_elog_sample_6919.csv": "transactions.csv"},
    "cdnow-headed": {"transactions/cdnow_elog_sample_6919.csv": "transactions.csv"},
}
"""Books that are a folder of CSV files: name -> file of the data folder -> its name in the book."""

HEADERS: Mapping[str, bytes] = {"cdnow-headed": b"Customer ID,sampleid,Date,Quantity,Amount"}
"""The header that somebody would type where nobody can know what the columns mean."""


@dataclass(frozen=True, slots=True)
class Book:
    """A copy of a book: `path` is what crmsheet is given."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Nights:
    """The first night that wrote, the second one, and whether undo gave the first bytes back (None: not written)."""

    first: Mapping[str, Any]
    second: Mapping[str, Any]
    took: Run
    same: bool | None


def books(data: Path, folder: Path, words: list[str]) -> Iterator[Book]:
    """Copies of the books, made one by one."""
    for name, files in _sources(data):
        if words and not any(word in name for word in words):
            continue
        home = folder / name
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        beside = next(iter(files)).with_name("crmsheet.toml")
        own = beside.read_text(encoding="utf-8") if beside.is_file() else ""
        (home / "crmsheet.toml").write_text(own + SETTINGS, encoding="utf-8")
        single = len(files) == 1 and next(iter(files)).suffix == ".xlsx"
        path = home / next(iter(files.values())) if single else home / "book"
        for source, target in files.items():
            (path if single else path / target).parent.mkdir(exist_ok=True)
            opened = gzip.open if source.suffix == ".gz" else open
            with opened(source, "rb") as found, (path if single else path / target).open("wb") as copy:
                if name in HEADERS:
                    found.readline()
                    copy.write(HEADERS[name] + b"\n")
                shutil.copyfileobj(found, copy)
        yield Book(name, path)


def _sources(data: Path) -> Iterator[tuple[str, Mapping[Path, str]]]:
    """Name of a book -> its files and what they are called in the copy."""
    for path in sorted(EXAMPLES.rglob("*.xlsx")):
        yield f"example-{path.stem}", {path: path.name}
    csv_book = sorted((EXAMPLES / "csv-book").glob("*.csv"))
    yield "example-csv-book", {path: path.name for path in csv_book}
    for path in sorted((data / "sheets/misc").glob("*.xlsx")):
        yield f"misc-{path.stem}", {path: path.name}
    for path in sorted((data / "sheets/pbpython").glob("*.xlsx")):
        yield f"pbpython-{path.stem}", {path: path.name}
    for path in sorted((data / "crm_imports").glob("*.csv")):
        yield f"import-{path.stem}", {path: path.name}
    for name, files in FOLDERS.items():
        yield name, {data / source: target for source, target in files.items()}


def nights(book: Book) -> Nights | str:
    """Two nights and an undo; the words of a refusal where the first night did not come to its end."""
    before = content(book.path)
    took = night(book)
    if took.code != 0:
        return took.said.strip().splitlines()[-1].removeprefix("crmsheet: ").replace(str(book.path), book.path.name)
    first, second = _outcome(took), _outcome(night(book))
    save = book.path.parent / "night.json"
    save.write_text(took.said, encoding="utf-8")
    same = None
    if content(book.path) != before:
        written = book.path.parent / "written"
        (shutil.copytree if book.path.is_dir() else shutil.copy)(book.path, written)
        run([CRMSHEET, "undo", str(book.path), "--write"], _environment(book))
        same = content(book.path) == before
    return Nights(first, second, took, same)


def night(book: Book) -> Run:
    return run([CRMSHEET, "nightly", str(book.path), "--write", "-f", "json", "--today", TODAY], _environment(book))


def _environment(book: Book) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(book.path.parent / "cache"), "CRMSHEET_LANG": "en"}


def _outcome(made: Run) -> Mapping[str, Any]:
    """The JSON among what was said: log lines stand before it."""
    found: Mapping[str, Any] = json.loads(made.said[made.said.index("{") :])
    return found


def content(path: Path) -> dict[str, bytes]:
    """The bytes of a book, by file name; the history beside it is no part of it."""
    files = [path] if path.is_file() else sorted(path.glob("*.csv"))
    return {each.name: each.read_bytes() for each in files}


def row(book: Book, made: Nights | str) -> str:
    """The row of the table for a book."""
    if isinstance(made, str):
        return f"| {book.name} | refused: {made} | | | | | | | |"
    first, counts = made.first, made.first["counts"]
    rules = Counter(each["rule"] for each in first["findings"])
    told = " ".join(f"{code}:{count:,}" for code, count in sorted(rules.items()))
    graded = "/".join(f"{counts[f'tier_{each}']:,}" for each in "abc")
    again = len(made.second["changes"])
    undone = {True: "yes", False: "NO", None: "not written"}[made.same]
    seconds = f"{made.took.wall:.1f} / {made.took.cpu:.1f}"
    return (
        f"| {book.name} | {counts['rows']:,} | {told or 'none'} | {counts['changes']:,} | {graded} "
        f"| {counts['due']:,} | {seconds} | {again} | {undone} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with `sheets`, `crm_imports` and `transactions`")
    parser.add_argument("words", nargs="*", help="only books whose name contains one of these")
    parser.add_argument("--keep", type=Path, help="a folder for the copies")
    options = parser.parse_args()
    print("| book | rows | findings by rule | changes | A/B/C | due | seconds wall / CPU | second night | undo exact |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        for book in books(options.data, folder, options.words):
            print(row(book, nights(book)), flush=True)


if __name__ == "__main__":
    main()
