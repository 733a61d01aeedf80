"""What finding duplicates costs: lists of more and more rows, lists that could blow up, and Splink EM on the same list.

    python benchmarks/duplicates_speed.py                            10,000 and 100,000 rows in Chinese and English
    python benchmarks/duplicates_speed.py --grow 10000 100000 1000000 --langs zh
    python benchmarks/duplicates_speed.py --splink 100000            the peer too, in its own environment

CPU of the work alone (a frame of read values to pairs and groups), the peak of the whole process. The crowded lists
have one landline, one town or one name in every row, or are copies of one record.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from measured import Work, exponent, least, timed, way
from processes import apart

SEED = 7
BLOW_UP = 50_000


def made(path: Path, rows: int, lang: str) -> Path:
    """A made-up list, kept as its comparable fields."""
    from duplicate_sets import made_up

    made_up(rows, SEED, lang).values.to_pickle(path)
    return path


def crowded(path: Path, what: str) -> Path:
    """A list in which every row shares something with every other."""
    dice = np.random.default_rng(SEED)
    names = ["".join(map(chr, each)) for each in dice.integers(0x4E00, 0x9000, (BLOW_UP, 4)).tolist()]
    mobiles = [f"+8613{each:09}" for each in dice.permutation(10**8)[:BLOW_UP].tolist()]
    lists: Mapping[str, Mapping[str, object]] = {
        "one town": {"name": names, "mobile": mobiles, "city": "北京"},
        "one landline": {"name": names, "mobile": mobiles, "phone": "+861065001234", "city": "北京"},
        "one name": {"name": "王伟", "mobile": mobiles, "city": "北京"},
        "empty mobiles": {"name": names, "mobile": "", "city": "北京"},
        "copies": {"name": "北京华信科技有限公司", "mobile": "+8613911112222", "city": "北京"},
    }
    pd.DataFrame(dict(lists[what]), index=np.arange(2, BLOW_UP + 2)).astype("str").to_pickle(path)
    return path


def ours(source: Path) -> Callable[[], object]:
    from duplicates import ours as found

    values = pd.read_pickle(source)
    return lambda: found(values)


def splink(rows: int, lang: str) -> dict[str, float]:
    """CPU of Splink EM and of ours on one list, and the best F1 of each."""
    from duplicate_peers import found, records, swept
    from duplicate_sets import made_up
    from duplicates import measured

    listed = made_up(rows, SEED, lang)
    mine, theirs = measured(listed), found("splink", "em", records(listed), listed.truth)
    best = max(f1 for _, f1 in swept(theirs, listed.truth))
    return {"ours": mine.cpu, "splink": theirs.cpu, "ours F1": mine.shown.f1, "splink F1": best}


def show(name: str, work: Work, rows: int) -> None:
    print(f"{name:28}{work.cpu:10.2f}{1e6 * work.cpu / rows:10.1f}{work.wall:10.2f}{work.peak:10.0f}", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grow", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--langs", nargs="*", default=["zh", "en"])
    parser.add_argument("--splink", type=int, nargs="*", default=[], help="rows of lists that Splink does too")
    parser.add_argument(
        "--crowds", nargs="*", default=["one town", "one landline", "one name", "empty mobiles", "copies"]
    )
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    if options.way:
        timed(ours(Path(options.way[1])))
        return
    figures: dict[str, object] = {}
    print(f"{'':28}{'CPU s':>10}{'us a row':>10}{'wall s':>10}{'peak MiB':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for lang in options.langs:
            cpu = {}
            for rows in options.grow:
                source = apart(made, Path(folder) / "list.pkl", rows, lang)
                work = least("crmsheet", way(__file__, "ours", source), options.times)
                show(f"{lang} {rows:,}", work, rows)
                cpu[rows], figures[f"{lang} {rows}"] = work.cpu, asdict(work)
            if len(cpu) > 1:
                figures[f"{lang} exponent"] = exponent(cpu)
                print(f"{lang}: CPU grows as rows ^ {exponent(cpu):.2f}")
        for what in options.crowds:
            work = least(
                "crmsheet", way(__file__, "ours", apart(crowded, Path(folder) / "list.pkl", what)), options.times
            )
            show(f"{BLOW_UP:,} rows, {what}", work, BLOW_UP)
            figures[what] = asdict(work)
    for rows in options.splink:
        for lang in options.langs:
            both = apart(splink, rows, lang)
            figures[f"splink {lang} {rows}"] = both
            print(f"{lang} {rows:,}: " + ", ".join(f"{name} {value:.3f}" for name, value in both.items()))
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
