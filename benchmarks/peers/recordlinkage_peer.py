"""recordlinkage: its unsupervised classifier `ecm`, Fellegi and Sunter's model by expectation maximisation."""

from __future__ import annotations

import json
import sys
import time

import pandas as pd
import recordlinkage

LEAST = 0.01
BLOCKS = (
    ("mobile",), ("landline",), ("email",), ("wechat",), ("uscc",), ("core",), ("birthday",), ("address",),
    ("start", "city"), ("contact", "city"), ("given_name", "surname"), ("surname", "postal_code"), ("surname", "city"),
    ("given_name", "postal_code"), ("surname", "year"), ("given_name", "year"),
)  # fmt: skip
WIDE = ("city",)
"""Blocked by too in short lists of many fields, where the training gains by pairs that are none; long ones lose."""
MANY, SHORT = 8, 2_000
LIKE = {"given_name": 0.85, "surname": 0.85, "core": 0.88, "contact": 0.92, "address": 0.85, "birthday": 0.88}
"""Fields compared by Jaro and Winkler, and from where on they agree: the model knows no degrees."""
EXACT = ("mobile", "landline", "email", "wechat", "uscc", "postal_code", "city", "province", "gender")


def main() -> None:
    _, records, links = sys.argv[1:]
    frame = pd.read_parquet(records).set_index("unique_id")
    if "core" in frame:
        frame["start"] = frame["core"].str[:3]
    if "birthday" in frame:
        frame["year"] = frame["birthday"].str[:4]
    started = time.process_time()
    indexer = recordlinkage.Index()
    for fields in (*BLOCKS, WIDE) if len(frame.columns) > MANY and len(frame) < SHORT else BLOCKS:
        if all(field in frame for field in fields):
            indexer.block(list(fields))
    pairs = indexer.index(frame)
    comparing = recordlinkage.Compare(n_jobs=1)
    for name, threshold in LIKE.items():
        if name in frame:
            comparing.string(name, name, method="jarowinkler", threshold=threshold, label=name)
    for name in EXACT:
        if name in frame:
            comparing.exact(name, name, label=name)
    vectors = comparing.compute(pairs, frame)
    vectors = vectors.loc[:, vectors.nunique() > 1]  # a comparison that never varies breaks the training
    model = recordlinkage.ECMClassifier()
    model.fit(vectors)
    scores = model.prob(vectors)
    cpu = time.process_time() - started
    scores = scores[scores >= LEAST]
    pd.DataFrame(
        {
            "left": scores.index.get_level_values(0),
            "right": scores.index.get_level_values(1),
            "score": scores.to_numpy(),
        }
    ).to_parquet(links)
    print(json.dumps({"cpu": cpu}))


if __name__ == "__main__":
    main()
