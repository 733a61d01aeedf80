"""How well CSV files are read that nobody described: the figures of docs/csv.md.

    python benchmarks/csv_dialects.py DATA                     crmsheet, pandas and DuckDB; rows of Markdown tables
    python benchmarks/csv_dialects.py DATA --peers PYTHON      CleverCSV, chardet, charset-normalizer, cchardet too
    python benchmarks/csv_dialects.py DATA --pollock FOLDER    another set of Pollock files, such as all 2,290
    python benchmarks/csv_dialects.py DATA --json              for a program

DATA holds `csv/csv-spectrum`, `csv/frictionless`, `csv/pollock_subset` and `encodings`. PYTHON is the interpreter of a
throw-away environment with those packages and Faker: none is a dependency of crmsheet. Every reader runs in the same
run on the same files (`csv_readers.py`).
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
READERS = ("crmsheet", "crmsheet-table", "pandas", "duckdb", "duckdb-auto")
PEER_READERS = ("clevercsv",)
DETECTORS = ("crmsheet",)
PEER_DETECTORS = ("chardet", "charset-normalizer", "faust-cchardet")
MEASURES = ("success", *(f"{what} {of}" for what in ("header", "record", "cell") for of in ("P", "R", "F1")))

_SEMICOLONS = (
    *("accent", "country-2", "delimiter", "issue-1009-semicolon", "issue-1100", "issue-1105-timezone", "issue-1138"),
    *("issue-1232", "table-delimiter", "vix"),
)
WRITTEN: Mapping[str, Mapping[str, Any]] = {
    **{each: {"delimiter": ";"} for each in _SEMICOLONS},
    **{each: {"skipinitialspace": True} for each in ("capitals", "issue-1109", "table-limits")},
    "table-with-accents": {"delimiter": ";", "encoding": "cp1252"},
    "latin1": {"encoding": "latin-1"},
    "table-infer-iso-8859-7": {"encoding": "iso8859-7"},
    "dialect": {"delimiter": "|", "quotechar": "#", "skipinitialspace": True},
    "issue-1478__table": {"delimiter": "|"},
    "escaping": {"escapechar": "\\", "skipinitialspace": True},
}
"""How frictionless's own tests say that their file is written, where it is not plain CSV in UTF-8."""
POLLOCK_ONLY = frozenset({"duckdb", "crmsheet-table"})
"""Readers that need to be told the columns, as only Pollock does, or that leave out what is no table."""
NO_TEXT = frozenset({"empty", "compression__implicit-gz", "compression__implicit-zip"})
"""Files that are to be refused: without content, or packed."""


def main() -> None:
    options = _options()
    peers = options.peers
    files = _csv_files(options.data, options.pollock)
    rows = {each: _asked(sys.executable, each, files) for each in READERS}
    if peers:
        rows |= {each: _asked(peers, each, files) for each in PEER_READERS}
    report = {
        "csv-spectrum": {
            each: _spectrum(options.data, found) for each, found in rows.items() if each not in POLLOCK_ONLY
        },
        "frictionless": {
            each: _frictionless(options.data, found) for each, found in rows.items() if each not in POLLOCK_ONLY
        },
        "pollock": {each: _pollock(options.pollock, found) for each, found in rows.items()},
        "encodings": _encodings(options.data, peers),
        "speed": {each: _speed(each) for each in ("crmsheet", "pandas")},
    }
    print(json.dumps(report, indent=1, ensure_ascii=False) if options.json else _markdown(report))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--peers")
    parser.add_argument("--pollock", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    options.pollock = options.pollock or options.data / "csv" / "pollock_subset"
    return options


def _csv_files(data: Path, pollock: Path) -> list[Path]:
    folders = (data / "csv" / "csv-spectrum", data / "csv" / "frictionless", pollock / "csv")
    return [each for folder in folders for each in sorted(folder.glob("*.csv"))]


def _asked(python: str, worker: str, files: Sequence[Path]) -> dict[Path, Any]:
    """What a worker of `csv_readers.py` makes of the files; None for one that it refuses."""
    done = subprocess.run(
        [python, str(HERE / "csv_readers.py"), worker],
        input=json.dumps([str(each) for each in files]),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{worker}: {done.stderr[-2000:]}")
    return dict(zip(files, json.loads(done.stdout.splitlines()[-1]), strict=True))


def _spectrum(data: Path, found: Mapping[Path, Any]) -> dict[str, Any]:
    """Files whose records are those of the JSON beside them."""
    failed = []
    files = sorted((data / "csv" / "csv-spectrum").glob("*.csv"))
    for path in files:
        wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        wanted = wanted if isinstance(wanted, list) else [wanted]
        header, *records = found[path] or [[]]
        if [dict(zip(header, each, strict=False)) for each in records] != wanted:
            failed.append(path.name)
    return {"right": len(files) - len(failed), "of": len(files), "failed": failed}


def _frictionless(data: Path, found: Mapping[Path, Any]) -> dict[str, Any]:
    """Files whose cells are those that Python's csv module reads when it is told how the file is written."""
    files = sorted((data / "csv" / "frictionless").glob("*.csv"))
    wanted = {path: None if path.stem in NO_TEXT else _told(path) for path in files}
    failed = [path.name for path in files if _trimmed(found[path]) != _trimmed(wanted[path])]
    return {"right": len(files) - len(failed), "of": len(files), "failed": failed}


def _told(path: Path) -> list[list[str]]:
    how = dict(WRITTEN.get(path.stem, {}))
    csv.field_size_limit(1 << 30)
    with path.open(newline="", encoding=how.pop("encoding", "utf-8-sig")) as file:
        return list(csv.reader(file, **how))


def _trimmed(rows: Sequence[Sequence[str]] | None) -> list[list[str]] | None:
    """Rows without the empty cells at their end, and without empty rows at the end."""
    if rows is None:
        return None
    kept = [list(row[: max((at + 1 for at, cell in enumerate(row) if cell), default=0)]) for row in rows]
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _pollock(folder: Path, found: Mapping[Path, Any]) -> dict[str, Any]:
    """The simple score of Pollock: the sum of the means of its ten measures, 0 to 10; and the files that lose."""
    files = sorted((folder / "csv").glob("*.csv"))
    measured = {}
    for path in files:
        with (folder / "clean" / path.name).open(newline="", encoding="utf-8-sig") as file:
            measured[path.name] = _ten(list(csv.reader(file)), found[path])
    means = {name: sum(each[at] for each in measured.values()) / len(files) for at, name in enumerate(MEASURES)}
    failed = {name: round(sum(each), 3) for name, each in measured.items() if sum(each) < 10}
    return {"score": round(sum(means.values()), 3), "files": len(files), "means": means, "below ten": failed}


def _ten(clean: list[list[str]], loaded: list[list[str]] | None) -> list[float]:
    """Pollock's measures (`evaluate.py`, `pollock/metrics.py`): bags of header cells, of records, of cells.

    It divides by the clean table for what it calls precision. It also equates spellings of numbers, dates and prices in
    headers and records, and letters by case; here only the case is equated.
    """
    if loaded is None:
        return [0.0] * 10
    if not clean:
        return [1.0] * 10
    lower = [[cell.lower() for cell in row] for row in loaded]
    wanted = [[cell.lower() for cell in row] for row in clean]
    return [
        1.0,
        *_likeness(wanted[0], lower[0] if lower else []),
        *_likeness(["".join(row) for row in wanted[1:]], ["".join(row) for row in lower[1:]]),
        *_likeness([cell for row in clean for cell in row], [cell for row in loaded for cell in row]),
    ]


def _likeness(wanted: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    if not wanted:
        return 1.0, 1.0, 1.0
    shared = (Counter(wanted) & Counter(found)).total()
    if not shared:
        return 0.0, 0.0, 0.0
    precision, recall = shared / len(wanted), shared / len(found)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _encodings(data: Path, peers: str | None) -> dict[str, Any]:
    """The share of files whose text comes out right: the table of known files, and lists of made-up customers."""
    with tempfile.TemporaryDirectory() as folder, (data / "encodings" / "encodings_truth.csv").open("rb") as table:
        truth = csv.DictReader(line.decode("utf-8") for line in table)
        known = {data / "encodings" / row["file"]: row["expected_encoding"] for row in truth}
        sets = {"table": known}
        if peers:
            subprocess.run([peers, str(HERE / "csv_readers.py"), "make-lists", folder], check=True)
            lists = {path: path.name.split("-")[1] for path in sorted(Path(folder).iterdir())}
            for rows in ("1", "5", "50"):
                chosen = {path: encoding for path, encoding in lists.items() if path.stem.split("-")[2] == rows}
                sets[f"lists of {rows} customers"] = chosen
        found = {}
        for name, python in _detectors(peers):
            for title, wanted in sets.items():
                texts = _asked(python, f"detect-{name}", list(wanted))
                wrong = [path.name for path, text in texts.items() if text != _text(path, wanted[path])]
                found.setdefault(title, {})[name] = {
                    "right": len(wanted) - len(wrong), "of": len(wanted), "failed": wrong
                }  # fmt: skip
        return found


def _detectors(peers: str | None) -> Iterator[tuple[str, str]]:
    yield from ((each, sys.executable) for each in DETECTORS)
    yield from ((each, peers) for each in PEER_DETECTORS if peers)


def _text(path: Path, encoding: str) -> str | None:
    """What is to be read; None for an encoding that Python lacks, which is to be refused."""
    try:
        return path.read_bytes().decode(encoding).removeprefix("\ufeff")
    except LookupError:
        return None


def _speed(reader: str) -> dict[str, float]:
    """CPU seconds and peak MiB of reading 100,000 x 20 cells; the imports are not counted."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.csv"
        path.write_text(_big(), encoding="utf-8")
        best = min((_asked(sys.executable, f"time-{reader}", [path])[path] for _ in range(5)), key=lambda each: each[0])
        return {"cpu s": round(best[0], 3), "peak MiB": best[1]}


def _big() -> str:
    """A list of customers: keys and numbers differ from row to row, names and days come again."""
    chance = random.Random(1)
    head = ["编号", "名称", *(f"列{at}" for at in range(18))]
    rows = (
        f'K{row:06},"北京{row}科技,有限公司",' + ",".join(_six(row, chance) for _ in range(3)) for row in range(100_000)
    )
    return "\r\n".join([",".join(head), *rows, ""])


def _six(row: int, chance: random.Random) -> str:
    return f"138{chance.randrange(10**8):08},张伟,,2024-01-{row % 28 + 1:02},a@example.com,{row % 1000}.5"


def _markdown(report: Mapping[str, Any]) -> str:
    pollock = report["pollock"]
    lines = ["| | " + " | ".join(pollock) + " |", "|---|" + "---|" * len(pollock)]
    for name in ("csv-spectrum", "frictionless"):
        cells = (report[name].get(each) for each in pollock)
        lines.append(f"| {name} | " + " | ".join(f"{e['right']}/{e['of']}" if e else "" for e in cells) + " |")
    files = next(iter(pollock.values()))["files"]
    lines.append(f"| Pollock, {files} files | " + " | ".join(f"{e['score']:.3f}" for e in pollock.values()) + " |")
    for at, name in enumerate(MEASURES):
        if at in (0, 3, 6, 9):
            lines.append(f"| {name} | " + " | ".join(f"{e['means'][name]:.4f}" for e in pollock.values()) + " |")
    lines += ["", *_failures(report), ""]
    first = next(iter(report["encodings"].values()))
    lines += ["| encodings | " + " | ".join(first) + " |", "|---|" + "---|" * len(first)]
    for title, found in report["encodings"].items():
        lines.append(f"| {title} | " + " | ".join(f"{e['right']}/{e['of']}" for e in found.values()) + " |")
    for title, found in report["encodings"].items():
        for name, each in found.items():
            wrong = Counter("-".join(file.split("-")[:2]) if title != "table" else file for file in each["failed"])
            if wrong:
                lines.append(f"- {title}, {name}: " + ", ".join(f"{n} x {file}" for file, n in wrong.items()))
    speed = report["speed"]
    ratio = speed["crmsheet"]["cpu s"] / speed["pandas"]["cpu s"]
    lines += ["", f"100,000 x 20: {speed}, ratio {ratio:.2f}"]
    return "\n".join(lines)


def _failures(report: Mapping[str, Any]) -> Iterator[str]:
    for name in ("csv-spectrum", "frictionless"):
        for reader, each in report[name].items():
            if each["failed"]:
                more = f" and {len(each['failed']) - 12} more" if len(each["failed"]) > 12 else ""
                yield f"- {name}, {reader}: {', '.join(each['failed'][:12])}{more}"
    for reader, each in report["pollock"].items():
        lost = sorted(each["below ten"].items(), key=lambda pair: pair[1])
        shown = ", ".join(f"{name} {score}" for name, score in lost[:12])
        yield f"- Pollock below ten, {reader}, {len(lost)} files: {shown}"


if __name__ == "__main__":
    main()
