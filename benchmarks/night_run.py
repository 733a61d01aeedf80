"""The whole night run against the script that a skilled user would write, both as whole processes on the same book.

    python benchmarks/night_run.py                          100,000 customers, 200,000 deals, 100,000 talks
    python benchmarks/night_run.py --customers 10000 --peer my_script.py --json

Each program gets its own copy of the book, made anew from a seed; the peer reads it and writes another file, crmsheet
writes into it. What they do is not quite the same: crmsheet cleans every field, checks every table, keeps a history and
leaves the rest of the file as it was.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from processes import CRMSHEET, Run, apart, insist, run

from crmsheet.sample import make_book

TODAY = dt.date(2026, 11, 23)


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Run]:
    book = folder / "book.xlsx"
    n = options.customers
    apart(
        make_book, book, customers=n, transactions=2 * n, interactions=n, seed=options.seed, today=TODAY, layout="peer"
    )
    print(f"{n:,} customers, {book.stat().st_size / 1e6:.1f} MB", file=sys.stderr)
    runs = {}
    if not options.skip_peer:
        peer = [sys.executable, str(options.peer), str(book), str(folder / "peer.xlsx")]
        runs["peer"] = insist("the peer", run(peer))
        print(runs["peer"].said, file=sys.stderr)
    ours = folder / "ours" / "book.xlsx"
    ours.parent.mkdir()
    shutil.copy(book, ours)
    # The first night on a messy book: everything is merged that is sure, and no budget stops the run before it writes.
    settings = '[nightly]\nmerge = "sure"\nbudget_rows = 1.0\nbudget_merges = 1000000\n'
    ours.with_name("crmsheet.toml").write_text(settings, encoding="utf-8")
    before = ours.read_bytes()
    command = [CRMSHEET, "nightly", str(ours), "--write", "--today", TODAY.isoformat()]
    runs["crmsheet"] = insist("crmsheet", run([*command, *options.option], {"XDG_CACHE_HOME": str(folder)}))
    print(runs["crmsheet"].said, file=sys.stderr)
    if ours.read_bytes() == before:
        raise SystemExit("crmsheet wrote nothing, so its time is no figure; see its words above")
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", type=Path, default=Path(__file__).with_name("peer_night.py"))
    parser.add_argument("--skip-peer", action="store_true", help="measure crmsheet alone")
    parser.add_argument("--option", action="append", default=[], help="a further argument of `crmsheet nightly`")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = measure(options, Path(folder))
    figures = {name: {k: v for k, v in asdict(each).items() if k != "said"} for name, each in runs.items()}
    ratios = {}
    if "peer" in runs:
        peer, ours = runs["peer"], runs["crmsheet"]
        ratios = {"wall": peer.wall / ours.wall, "cpu": peer.cpu / ours.cpu, "peak": peer.peak / ours.peak}
    if options.json:
        print(json.dumps({"customers": options.customers, "runs": figures, "peer / crmsheet": ratios}, indent=1))
        return
    print(f"{'':10}{'wall s':>10}{'CPU s':>10}{'peak MiB':>10}")
    for name, each in runs.items():
        print(f"{name:10}{each.wall:10.1f}{each.cpu:10.1f}{each.peak:10.0f}")
    if ratios:
        print(f"{'ratio':10}{ratios['wall']:10.1f}{ratios['cpu']:10.1f}{ratios['peak']:10.1f}")


if __name__ == "__main__":
    main()
