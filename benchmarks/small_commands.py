"""What each command costs on a small book: CPU seconds of whole processes, the least of several runs.

    python benchmarks/small_commands.py [--customers 1000] [--times 5] [--json]

The book is of `crmsheet.sample`, with about 5,000 rows. The runs take turns with a bare `import pandas` and with a
script that loads the same book by openpyxl, and are told as ratios to both: on a busy machine only those mean anything.
A command that writes gets a fresh copy of the book at each run; the copying is not measured.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from processes import CRMSHEET, Run, insist, run

DAY = "2026-11-23"
PANDAS, PEER = "import pandas", "openpyxl.load_workbook"
CUSTOMER, COMPANY, PERSON = "C00018", "珩昀物流", "周敏"
LOOKING = (
    ("check", "--fail-on", "never"),
    ("clean",),
    ("dedupe",),
    ("tier",),
    ("followup",),
    ("nightly",),
    ("history",),
    ("undo",),
    ("show", CUSTOMER),
    ("find", COMPANY),
    ("who", COMPANY),
    ("me",),
    ("settings",),
)
BOOKLESS = (("schema", "list"), ("explain", "CRM201"))
WRITING = (("clean", "--write"), ("undo", "--write"))
ENTERING = (("note", CUSTOMER, "hello"), ("set", CUSTOMER, "mobile=13800138000"), ("add", "北京测试科技有限公司"))
DATED = ("check", "clean", "dedupe", "tier", "followup", "nightly", "show", "find", "who", "me")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        plain, written = _books(Path(folder), options.customers)
        runs: dict[str, list[Run]] = {}
        for _ in range(options.times):
            for name, command in _commands(plain, written):
                fresh = Path(folder) / "fresh"
                shutil.rmtree(fresh, ignore_errors=True)
                # `undo` needs a book with a history, `clean --write` one without.
                shutil.copytree((written if "undo" in name else plain).parent, fresh)
                runs.setdefault(name, []).append(
                    insist(name, run([each.format(fresh=fresh) for each in command], {"CRMSHEET_ACTOR": PERSON}))
                )
    least = {name: min(each.cpu for each in every) for name, every in runs.items()}
    rows = {
        name: {"cpu": cpu, "x pandas": cpu / least[PANDAS], "x openpyxl": cpu / least[PEER]}
        for name, cpu in least.items()
    }
    print(json.dumps(rows, indent=1) if options.json else _table(rows))


def _books(folder: Path, customers: int) -> tuple[Path, Path]:
    """A book without a history, and one that crmsheet has written."""
    from crmsheet.sample import make_book

    plain, written = (folder / each / "book.xlsx" for each in ("plain", "written"))
    plain.parent.mkdir()
    make_book(plain, customers=customers, today=dt.date.fromisoformat(DAY), seed=5)
    shutil.copytree(plain.parent, written.parent)
    insist("clean --write", run([CRMSHEET, "clean", str(written), "--today", DAY, "--write"]))
    return plain, written


def _commands(plain: Path, written: Path) -> Sequence[tuple[str, list[str]]]:
    """Name and command line of all that is measured; `{fresh}` is the folder of a fresh copy."""
    peer = f"import pandas, openpyxl; openpyxl.load_workbook({str(plain)!r})"
    measured = [(PANDAS, [sys.executable, "-c", "import pandas"]), (PEER, [sys.executable, "-c", peer])]
    measured.append(("--help", [CRMSHEET, "--help"]))
    for verb, *words in LOOKING:
        book = written if verb in ("history", "undo") else plain
        day = ["--today", DAY] if verb in DATED else []
        measured.append((verb, [CRMSHEET, verb, *words, str(book), *day]))
    measured += [(" ".join(each), [CRMSHEET, *each]) for each in BOOKLESS]
    measured.append(("new", [CRMSHEET, "new", "{fresh}/new.xlsx"]))
    measured += [(" ".join(each), [CRMSHEET, each[0], "{fresh}/book.xlsx", *each[1:]]) for each in WRITING]
    return measured + [(each[0], [CRMSHEET, *each, "{fresh}/book.xlsx", "--today", DAY]) for each in ENTERING]


def _table(rows: dict[str, dict[str, float]]) -> str:
    head = "| | CPU s | of `import pandas` | of the openpyxl load |\n|---|---|---|---|"
    lines = [
        f"| `{name}` | {row['cpu']:.2f} | {row['x pandas']:.2f} | {row['x openpyxl']:.2f} |"
        for name, row in rows.items()
    ]
    return "\n".join([head, *lines])


if __name__ == "__main__":
    main()
