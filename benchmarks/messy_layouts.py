"""How the reader copes with messy layouts: the table of docs/doctor.md.

    python benchmarks/messy_layouts.py [--seeds 5] [--held-out]

Each layout is written as a file, read, and compared with the truth: tables, header rows, records, the field of every
column, covered cells, and what every other row is. `right` is all of that without a question, or the question where
only a person can tell; `asked` is a question where none was needed; `wrong` is anything else, and the one defect.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from crmsheet.book.blocks import Block, Layout
from crmsheet.book.layout.reading import read_layout
from crmsheet.book.opening import open_book_file
from crmsheet.resources.files import shipped
from crmsheet.sample.messy import Messy, TrueBlock, write_messy
from crmsheet.sample.messy_layouts import messy_sheets
from crmsheet.sample.messy_more import MORE_LAYOUTS
from crmsheet.schema.headers import read_header
from crmsheet.schema.loading import load
from crmsheet.schema.matching import read_as
from crmsheet.schema.vocabulary import Vocabulary


def vocabulary() -> Vocabulary:
    return Vocabulary(load(shipped("schemas")))


def read(messy: Messy, folder: Path, words: Vocabulary) -> Layout:
    (sheet,) = (each for each in open_book_file(write_messy(messy, folder)).sheets if len(each.cells))
    return read_layout(sheet, words.knows)


def fields(block: Block, table: str, words: Vocabulary) -> dict[str, str]:
    """Letters -> field, '' for a column that is none."""
    headers = {letters: read_header(text, block.groups.get(letters, "")) for letters, text in block.headers.items()}
    bound = read_as(words.tables[table], headers, block.sheet, words).columns
    return dict.fromkeys(headers, "") | {letters: name for name, letters in bound.items()}


def differences(messy: Messy, layout: Layout, words: Vocabulary) -> list[str]:
    """What was read otherwise than it is meant."""
    meant = sorted(messy.blocks, key=lambda each: (each.header_rows, min(each.fields)))
    found = sorted(layout.blocks, key=lambda each: (each.header_rows, each.columns[0]))
    if len(meant) != len(found):
        return [f"{len(found)} tables, not {len(meant)}"]
    said = [text for one, other in zip(meant, found, strict=True) for text in _of_block(one, other, words)]
    aside = {row: kind for each in (layout, *layout.blocks) for row, kind in each.aside.items()}
    return said + _unlike("aside", dict(messy.aside), aside)


def _of_block(meant: TrueBlock, found: Block, words: Vocabulary) -> list[str]:
    return [
        *_unlike("header", meant.header_rows, found.header_rows),
        *_unlike("rows", meant.rows, found.rows),
        *_unlike("fields", dict(meant.fields), fields(found, meant.table, words)),
        *_unlike("covered", dict(meant.covered), dict(found.covered)),
    ]


def _unlike(name: str, meant: object, found: object) -> list[str]:
    return [] if meant == found else [f"{name}: {found}, not {meant}"]


def graded(messy: Messy, layout: Layout, words: Vocabulary) -> tuple[str, list[str]]:
    """right, asked or wrong; and the differences."""
    questions = {each.about for part in (layout, *layout.blocks) for each in part.doubts}
    unlike = differences(messy, layout, words)
    if messy.asks:
        return ("right" if messy.asks in questions else "wrong"), unlike
    return ("asked" if questions else "wrong" if unlike else "right"), unlike


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--held-out", action="store_true", help="the layouts made after the reader")
    options = parser.parse_args()
    words = vocabulary()
    grades: dict[str, Counter[str]] = {}
    about: dict[str, Messy] = {}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, options.seeds + 1):
            for messy in messy_sheets(seed, MORE_LAYOUTS if options.held_out else None):
                grade, unlike = graded(messy, read(messy, Path(folder), words), words)
                grades.setdefault(messy.title, Counter())[grade] += 1
                about[messy.title] = messy
                if grade == "wrong":
                    print(f"seed {seed}, {messy.title}: {'; '.join(unlike)}")
    print("| layout | after | tables | right | asked | wrong |\n|---|---|---|---|---|---|")
    for title, each in grades.items():
        tables = len(about[title].blocks)
        asks = " (must ask)" if about[title].asks else ""
        counts = " | ".join(str(each[grade]) for grade in ("right", "asked", "wrong"))
        print(f"| {title}{asks} | {about[title].number} | {tables} | {counts} |")


if __name__ == "__main__":
    main()
