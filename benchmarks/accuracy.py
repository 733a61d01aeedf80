"""Cleaning and matching against the truth about made-up books; the figures of docs/accuracy.md.

    python benchmarks/accuracy.py                                   seeds 101 to 103, zh and en, 2,000 customers each
    python benchmarks/accuracy.py --seeds 7 --customers 300 --kinds   and each kind of mess by itself

A planted cell counts as *read* when its typed value is the planted original, as *spelled* when what then stands in the
book reads the same again and needs no further fix. Words that only a choice list knows are compared as choices.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.app.bench import bench
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.request import Request
from crmsheet.core.book import Table
from crmsheet.core.schema import Field
from crmsheet.match.duplicates import Matches
from crmsheet.sample import make_book
from crmsheet.sample.truth import Planted, Truth

TODAY = dt.date(2026, 11, 23)
HOME = {"zh": ("CN", "CNY"), "en": ("US", "USD")}
WHOLE_ROW = ""
BY_DESIGN = frozenset({"owner-id"})
"""Mess that is none to crmsheet: an owner may be typed by staff number, and is said by name where it is shown."""


@dataclass(frozen=True, slots=True)
class Score:
    """What became of the planted cells of one book, and of its duplicates.

    `recoverable`, `read`  by kind of mess; `misread` some of those that were read as something else
    `unrecoverable`        cells whose value nobody can know; `touched` those that have a fix
    `fixes`                cells with a fix; `unplanted` those among them where nothing was planted
    `pairs`                band -> (found, found that are true); "all" is sure and review; `true` pairs there are
    """

    recoverable: Counter[str]
    read: Counter[str]
    misread: Sequence[tuple[Planted, Any]]
    unrecoverable: Counter[str]
    touched: Sequence[tuple[Planted, Any]]
    fixes: int
    unplanted: Sequence[tuple[str, int, str, Any, Any]]
    pairs: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    true: int = 0


def measure(folder: Path, seed: int, lang: str, customers: int) -> Score:
    """Makes a book, opens it as a command would, and compares with the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    region, currency = HOME[lang]
    (folder / "crmsheet.toml").write_text(f'region = "{region}"\ncurrency = "{currency}"\n', encoding="utf-8")
    path = folder / "book.xlsx"
    truth = make_book(path, customers=customers, today=TODAY, seed=seed, lang=lang)
    loaded = load_book(Request(dt.datetime.combine(TODAY, dt.time()), TODAY, path))
    return scored(loaded, truth)


def scored(loaded: Loaded, truth: Truth) -> Score:
    """The score of an opened book."""
    with bench(loaded) as table:
        tables, matches = table.tables, table.duplicates()
    fixes = {(each.table, each.row, each.field): (each.value, each.fix.after) for each in loaded.findings if each.fix}
    planted = {
        (each.table, each.row, each.field): each
        for each in truth.planted
        if each.field != WHOLE_ROW and each.kind not in BY_DESIGN
    }
    spoilt_rows = {(each.table, each.row) for each in truth.planted if each.field == WHOLE_ROW}
    recoverable, read, unrecoverable = Counter[str](), Counter[str](), Counter[str]()
    misread, touched = [], []
    for place, each in planted.items():
        if each.recoverable:
            value = _value(tables, *place)
            recoverable[each.kind] += 1
            if _same(value, each.value, loaded.schema.tables[each.table][each.field]):
                read[each.kind] += 1
            else:
                misread.append((each, value))
        else:
            unrecoverable[each.kind] += 1
            if place in fixes:
                touched.append((each, fixes[place][1]))
    unplanted = [(*place, *fixes[place]) for place in fixes if place not in planted and place[:2] not in spoilt_rows]
    pairs, true = _pairs(matches, truth)
    return Score(recoverable, read, misread, unrecoverable, touched, len(fixes), unplanted, pairs, true)


def _value(tables: Mapping[str, Table], table: str, row: int, name: str) -> Any:
    values = tables[table].values
    if name not in values or row not in values.index:
        return None
    value = values.at[row, name]
    return None if pd.isna(value) else value


def _same(value: Any, original: Any, field: Field) -> bool:
    """Whether a typed value is the original, which may be a word of the choices or a date without a time."""
    if value is None or original is None:
        return value is original
    if isinstance(value, pd.Timestamp):
        whole = dt.datetime.combine(original, dt.time()) if type(original) is dt.date else original
        return bool(value.to_pydatetime() == whole)
    if isinstance(original, int | float) and not isinstance(original, bool | str):
        return str(value) == str(original) if isinstance(value, str) else abs(float(value) - float(original)) < 1e-9
    if field.choices or field.kind == "choices":
        words = {word: choice.code for choice in field.choices for word in (choice.code, *choice.labels.values())}
        parts = [part.strip() for part in str(original).replace("、", "|").replace(", ", "|").split("|")]
        return [words.get(part, part) for part in parts] == str(value).split("|")
    if field.kind == "bool":
        return bool(value) == (original in (True, "是", "Yes"))
    return str(value) == str(original)


def _pairs(matches: Matches | None, truth: Truth) -> tuple[dict[str, tuple[int, int]], int]:
    """Found and truly found pairs of rows, of the sure groups and of all that are shown."""
    wanted = set(_of_groups(truth.duplicates))
    if matches is None:
        return {}, len(wanted)
    clusters: dict[int, list[int]] = defaultdict(list)
    for row, cluster in zip(matches.clusters["row_"], matches.clusters["cluster"], strict=True):
        clusters[int(cluster)].append(int(row))
    sure, shown = set(_of_groups(matches.entities())), set(_of_groups(clusters.values()))
    return {"sure": (len(sure), len(sure & wanted)), "all": (len(shown), len(shown & wanted))}, len(wanted)


def _of_groups(groups: Iterable[Sequence[int]]) -> Iterable[tuple[int, int]]:
    for group in groups:
        yield from itertools.combinations(sorted(group), 2)


def rows(lang: str, seed: int, score: Score) -> str:
    """The row of the table for a book."""
    whole, good = score.recoverable.total(), score.read.total()
    sure, shown = score.pairs["sure"], score.pairs["all"]
    return (
        f"| {lang} {seed} | {good:,} / {whole:,} ({good / whole:.1%}) | {len(score.touched)} / "
        f"{score.unrecoverable.total():,} | {len(score.unplanted)} / {score.fixes:,} "
        f"| {sure[1]} / {sure[0]} | {sure[1]} / {score.true} | {shown[1]} / {shown[0]} | {shown[1]} / {score.true} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103])
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--kinds", action="store_true", help="each kind that was not wholly read, with examples")
    options = parser.parse_args()
    print(
        "| book | recoverable read right | unrecoverable changed | fixes where nothing was planted "
        "| sure: right of found | sure: found of true | shown: right of found | shown: found of true |"
    )
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for lang, seed in itertools.product(HOME, options.seeds):
            score = measure(Path(folder) / f"{lang}{seed}", seed, lang, options.customers)
            print(rows(lang, seed, score), flush=True)
            if options.kinds:
                _tell_kinds(score)


def _tell_kinds(score: Score) -> None:
    for kind, count in sorted(score.recoverable.items()):
        if score.read[kind] < count:
            print(f"    {kind}: {score.read[kind]} of {count}")
            for each, value in [one for one in score.misread if one[0].kind == kind][:3]:
                print(f"        {each.table}.{each.field} {each.row}: {each.cell!r} -> {value!r}, was {each.value!r}")
    for each, after in score.touched[:20]:
        print(f"    touched {each.kind}: {each.table}.{each.field} {each.row}: {each.cell!r} -> {after!r}")
    for one in score.unplanted[:20]:
        print(f"    unplanted {one}")


if __name__ == "__main__":
    main()
