"""dedupe, which learns from labels (`labels`): it is told the truth about 400 pairs of the list, half of them true.

That is more than a person would label for a list of a thousand rows, and all of it is right.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import defaultdict
from itertools import combinations

import dedupe
import pandas as pd
from dedupe import variables

LABELS = 200
"""Pairs of each kind that are told, at most a third of the true ones."""
SHORT = ("mobile", "landline", "wechat", "uscc", "postal_code", "birthday")
EXACT = ("city", "province", "gender")


def _variables(frame: pd.DataFrame) -> list[object]:
    made: list[object] = []
    for name in frame:
        lacking = bool(frame[name].isna().any())
        if name in SHORT:
            made.append(variables.ShortString(name, has_missing=lacking))
        elif name in EXACT:
            made.append(variables.Exact(name, has_missing=lacking))
        else:
            made.append(variables.String(name, has_missing=lacking))
    return made


def _labels(records: dict[int, dict[str, str | None]], truth: dict[int, int]) -> dict[str, list[object]]:
    """True pairs at random, and false ones of which half share some value, so that they are no easy ones."""
    dice = random.Random(1)
    groups, shared = defaultdict(list), defaultdict(list)
    for at, record in records.items():
        groups[truth[at]].append(at)
        for name in ("core", "surname", "landline", "mobile", "address", "email"):
            if record.get(name):
                shared[name, record[name]].append(at)
    true = [pair for group in groups.values() for pair in combinations(group, 2)]
    near = [(a, b) for group in shared.values() for a, b in combinations(group[:6], 2) if truth[a] != truth[b]]
    far = [tuple(dice.sample(sorted(records), 2)) for _ in range(4 * LABELS)]
    count = min(LABELS, len(true) // 3)
    false = dice.sample(near, min(count // 2, len(near))) + [pair for pair in far if truth[pair[0]] != truth[pair[1]]]
    return {
        "match": [(records[a], records[b]) for a, b in dice.sample(true, count)],
        "distinct": [(records[a], records[b]) for a, b in false[:count]],
    }


def main() -> None:
    _, source, links = sys.argv[1:]
    random.seed(1)
    frame = pd.read_parquet(source).set_index("unique_id")
    truth = frame.pop("truth").to_dict()
    frame = frame.astype("object").where(frame.notna(), None)
    records = frame.to_dict("index")
    started = time.process_time()
    model = dedupe.Dedupe(_variables(frame), num_cores=1)
    model.prepare_training(records, sample_size=2000)
    model.mark_pairs(_labels(records, truth))
    model.train(recall=0.98)
    found = [
        (int(ids[0]), int(ids[1]), float(score)) for ids, score in model.score(model.pairs(records)) if score >= 0.01
    ]
    cpu = time.process_time() - started
    pd.DataFrame(found, columns=["left", "right", "score"]).to_parquet(links)
    print(json.dumps({"cpu": cpu}))


if __name__ == "__main__":
    main()
