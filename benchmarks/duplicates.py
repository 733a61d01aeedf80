"""How well duplicates are found: crmsheet's shipped weights on public sets and on made-up lists; docs/accuracy.md.

    python benchmarks/duplicates.py                         all sets
    python benchmarks/duplicates.py --only febrl RLdata     the sets whose name has one of these in it
    python benchmarks/duplicates.py --seeds 1 2 --sizes 1000 --langs zh    made-up lists of tuning seeds
    python benchmarks/duplicates.py --wrong 20              and examples of what was wrong or missed

A pair is two records of one customer. Links hang together: whoever is linked over others counts as a pair too.
`exact key` is the F1 of the exact key that does best on the list (`duplicate_scores.exact_key` says which are tried).
`burden` is the pairs to look at for each true pair that is not already sure.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from crmsheet.engine import LocalEngine
from crmsheet.match.decisions import Decided
from crmsheet.match.duplicates import Matches, match
from crmsheet.match.prepared import prepare
from crmsheet.match.weights import weights

sys.path.insert(0, str(Path(__file__).parent))
from duplicate_scores import Agreement, Labels, agreement, exact_key, linked, pairs_of
from duplicate_sets import DATA, HELD_OUT, SIZES, Listed, made_up, public

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Measured:
    """What crmsheet made of a list.

    `shown` and `sure`  the pairs of its clusters (sure and review) and of its entities (sure) against the truth
    `review`            pairs to look at: those for review whose records are not one entity already
    `false_sure`        sure pairs on the list without its duplicates; none of them can be right
    `cpu`               seconds of CPU of preparing and matching
    """

    name: str
    rows: int
    key: str
    key_f1: float
    shown: Agreement
    sure: Agreement
    review: int
    false_sure: int
    cpu: float

    @property
    def burden(self) -> float:
        """Pairs to look at for each true pair that is not sure."""
        left = self.sure.true - self.sure.right
        return self.review / left if left else float(self.review)


def ours(values: pd.DataFrame) -> Matches:
    """The duplicates among records, as `crmsheet dedupe` finds them."""
    with LocalEngine(threads=1 if len(values) < 50_000 else None) as engine:
        prepared = prepare(values, [""] * len(values))
        return match(engine, prepared, weights(), Decided())


def labels(matches: Matches, rows: int, which: str) -> Labels:
    """The group of each record, by position: `cluster` or `entity`."""
    own = np.arange(rows)
    groups = matches.clusters
    at = np.searchsorted(matches.prepared.rows, groups["row_"].to_numpy("int64"))
    own[at] = np.searchsorted(matches.prepared.rows, groups[which].to_numpy("int64"))
    return own


def measured(listed: Listed) -> Measured:
    """Runs crmsheet on a list, and on it without its duplicates."""
    started = time.process_time()
    found = ours(listed.values)
    cpu = time.process_time() - started
    rows, alone = len(listed.values), listed.without_duplicates()
    entity = labels(found, rows, "entity")
    left, right = _positions(found)
    review = int((entity[left] != entity[right]).sum())
    key, key_f1 = exact_key(listed.values, listed.truth)
    return Measured(
        name=listed.name,
        rows=rows,
        key=key,
        key_f1=key_f1,
        shown=agreement(linked(rows, left, right), listed.truth),
        sure=agreement(entity, listed.truth),
        review=review,
        false_sure=int((ours(alone.values).pairs["band"] == "sure").sum()),
        cpu=cpu,
    )


def _positions(found: Matches) -> tuple[Labels, Labels]:
    rows = found.prepared.rows
    left, right = (found.pairs[side].to_numpy("int64") for side in ("left_row", "right_row"))
    return np.searchsorted(rows, left), np.searchsorted(rows, right)


HEAD = (
    "| list | records | true pairs | exact key F1 | F1 | precision | recall | sure precision | sure recall "
    "| to look at | burden | sure without duplicates | CPU s |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def line(one: Measured) -> str:
    """The row of the table."""
    wrong = one.sure.found - one.sure.right
    return (
        f"| {one.name} | {one.rows:,} | {one.sure.true:,} | {one.key_f1:.3f} ({one.key}) | {one.shown.f1:.4f} "
        f"| {one.shown.precision:.4f} | {one.shown.recall:.4f} | {one.sure.precision:.4f} ({wrong} wrong) "
        f"| {one.sure.recall:.4f} | {one.review:,} | {one.burden:.2f} | {one.false_sure} | {one.cpu:.1f} |"
    )


def lists(options: argparse.Namespace) -> Iterator[Listed]:
    """The lists that were asked for, made one at a time."""
    yield from public(options.data, tuple(options.only))
    for lang, rows, seed in itertools.product(options.langs, options.sizes, options.seeds):
        if not options.only or any(word in f"{lang} {rows}" for word in options.only):
            yield made_up(rows, seed, lang)


def examples(listed: Listed, most: int) -> Iterator[str]:
    """Wrong sure pairs, wrong shown pairs and missed pairs, with what is known of both records."""
    found = ours(listed.values)
    rows = len(listed.values)
    true = set(pairs_of(listed.truth))
    sure = set(pairs_of(labels(found, rows, "entity")))
    shown = set(zip(*(side.tolist() for side in _positions(found)), strict=True))
    for title, pairs in (("wrong sure", sure - true), ("wrong shown", shown - true), ("missed", true - shown)):
        yield f"-- {title}: {len(pairs)}"
        for pair in sorted(pairs)[:: max(1, len(pairs) // most)][:most]:
            for at in pair:
                said = listed.values.iloc[at].dropna()
                yield "   " + "; ".join(f"{name}={value}" for name, value in said.items())
            yield ""


def arguments(said: Iterable[str] | None = None) -> argparse.Namespace:
    """The options, shared with the peers' benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the public sets")
    parser.add_argument("--only", nargs="+", default=[], help="words; lists whose name holds one of them")
    parser.add_argument("--seeds", type=int, nargs="*", default=[HELD_OUT])
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--langs", nargs="*", default=["zh", "en"])
    parser.add_argument("--wrong", type=int, default=0, help="so many examples of each kind of mistake")
    return parser.parse_args(None if said is None else list(said))


def main() -> None:
    """Prints the table as Markdown."""
    options = arguments()
    print(HEAD)
    for listed in lists(options):
        print(line(measured(listed)), flush=True)
        if options.wrong:
            print("\n".join(examples(listed, options.wrong)))


if __name__ == "__main__":
    main()
