"""What a command costs before it does anything: CPU seconds of whole processes, the least of several runs.

    python benchmarks/startup.py [--times 7] [--json]

`--help` must stay at 0.25 s of CPU, `check` of the example book under 3.5 s. The ratios to a bare interpreter and to
`import pandas` in the same minute tell a slow machine from a slow program.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from processes import CRMSHEET, best, insist

ROOT = Path(__file__).parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book.xlsx"
        shutil.copy(ROOT / "examples" / "客户关系管理书.xlsx", book)
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "import pandas": [sys.executable, "-c", "import pandas"],
            "crmsheet --help": [CRMSHEET, "--help"],
            "crmsheet check": [CRMSHEET, "check", str(book), "--today", "2026-11-23", "--fail-on", "never"],
        }
        runs = {name: insist(name, best(each, options.times)) for name, each in commands.items()}
    bare, pandas = runs["python -c pass"].cpu, runs["import pandas"].cpu
    rows = {
        name: {
            "cpu": each.cpu,
            "wall": each.wall,
            "peak": each.peak,
            "x bare": each.cpu / bare,
            "x pandas": each.cpu / pandas,
        }
        for name, each in runs.items()
    }
    if options.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{'':18}{'CPU s':>8}{'wall s':>8}{'peak MiB':>10}{'x bare':>8}{'x pandas':>10}")
    for name, row in rows.items():
        figures = f"{row['cpu']:8.2f}{row['wall']:8.2f}{row['peak']:10.0f}"
        print(f"{name:18}{figures}{row['x bare']:8.1f}{row['x pandas']:10.2f}")


if __name__ == "__main__":
    main()
