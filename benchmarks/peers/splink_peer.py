"""Splink with DuckDB: `em` trains all weights without labels, `fixed` has them from what people know of such fields."""

from __future__ import annotations

import json
import sys
import time

import pandas as pd
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

LEAST = 0.01
"""Pairs below this probability are not told."""

# field -> comparison, and (m, u) of its levels, from exact to anything else, for the fixed weights.
NAMES = [0.65, 0.12, 0.08, 0.15], [0.0003, 0.0005, 0.003, 0.9962]
COMPARISONS = {
    "given_name": (
        lambda: cl.NameComparison("given_name"),
        ([0.7, 0.1, 0.05, 0.05, 0.1], [0.01, 0.01, 0.01, 0.02, 0.95]),
    ),
    "surname": (lambda: cl.NameComparison("surname"), ([0.7, 0.1, 0.05, 0.05, 0.1], [0.005, 0.005, 0.01, 0.02, 0.96])),
    "core": (lambda: cl.JaroWinklerAtThresholds("core", [0.95, 0.85]), NAMES),
    "contact": (lambda: cl.JaroWinklerAtThresholds("contact", [0.92]), ([0.75, 0.05, 0.2], [0.0005, 0.001, 0.9985])),
    "mobile": (lambda: cl.LevenshteinAtThresholds("mobile", [1]), ([0.7, 0.03, 0.27], [1e-5, 1e-5, 0.99998])),
    "landline": (lambda: cl.LevenshteinAtThresholds("landline", [1]), ([0.7, 0.03, 0.27], [1e-4, 1e-5, 0.99989])),
    "email": (lambda: cl.EmailComparison("email"), ([0.7, 0.03, 0.03, 0.02, 0.22], [1e-5, 1e-5, 1e-4, 1e-4, 0.99978])),
    "wechat": (lambda: cl.ExactMatch("wechat"), ([0.9, 0.1], [1e-5, 0.99999])),
    "uscc": (lambda: cl.LevenshteinAtThresholds("uscc", [1]), ([0.95, 0.03, 0.02], [1e-6, 1e-6, 0.999998])),
    "birthday": (
        lambda: cl.LevenshteinAtThresholds("birthday", [1, 2]),
        ([0.85, 0.07, 0.04, 0.04], [0.0001, 0.0015, 0.02, 0.9784]),
    ),
    "address": (
        lambda: cl.JaroWinklerAtThresholds("address", [0.92, 0.8]),
        ([0.5, 0.2, 0.1, 0.2], [1e-4, 1e-3, 0.02, 0.9789]),
    ),
    "postal_code": (lambda: cl.LevenshteinAtThresholds("postal_code", [1]), ([0.8, 0.08, 0.12], [0.005, 0.02, 0.975])),
    "city": (lambda: cl.ExactMatch("city"), ([0.92, 0.08], [0.06, 0.94])),
    "province": (lambda: cl.ExactMatch("province"), ([0.95, 0.05], [0.12, 0.88])),
    "gender": (lambda: cl.ExactMatch("gender"), ([0.97, 0.03], [0.5, 0.5])),
}
FREQUENT = {"given_name", "surname", "core", "contact", "mobile", "landline", "email", "address", "city", "postal_code"}
"""Fields whose common values are weaker evidence (term frequencies)."""
BLOCKS = (
    ("mobile",), ("landline",), ("email",), ("wechat",), ("uscc",), ("core",), ("birthday",), ("address",),
    ("contact", "city"), ("substr(core, 1, 3)", "city"), ("substr(core, 1, 3)", "substr(address, 1, 8)"),
    ("substr(core, 1, 4)", "postal_code"), ("given_name", "surname"), ("surname", "postal_code"),
    ("given_name", "postal_code"), ("substr(surname, 1, 3)", "substr(birthday, 1, 7)"),
    ("substr(given_name, 1, 3)", "substr(birthday, 1, 7)"), ("surname", "substr(birthday, 6, 5)"),
    ("surname", "city"), ("given_name", "city"), ("postal_code", "substr(birthday, 1, 4)"),
    ("surname", "substr(birthday, 1, 4)"), ("postal_code", "substr(address, 1, 6)"),
)  # fmt: skip
CERTAIN = (
    ("core", "mobile"), ("core", "email"), ("core", "uscc"), ("core", "landline"), ("core", "address"),
    ("surname", "birthday"), ("given_name", "birthday"),
)  # fmt: skip
"""Rules of which hardly any pair is wrong, and how many of the true ones they find, by which the prior is estimated."""
RECALL = 0.5
TRAINED_ON = (
    ("core",),
    ("mobile",),
    ("landline",),
    ("email",),
    ("address",),
    ("birthday",),
    ("surname",),
    ("given_name",),
)


def _have(frame: pd.DataFrame, fields: tuple[str, ...]) -> bool:
    bare = (field.removeprefix("substr(").partition(",")[0] for field in fields)
    return all(field in frame for field in bare)


def _settings(frame: pd.DataFrame, way: str) -> SettingsCreator:
    comparisons = []
    for name, (make, (m, u)) in COMPARISONS.items():
        if name not in frame:
            continue
        made = make()
        given = {} if way == "em" else {"m_probabilities": m, "u_probabilities": u}
        comparisons.append(made.configure(term_frequency_adjustments=name in FREQUENT, **given))
    blocks = [block_on(*fields) for fields in BLOCKS if _have(frame, fields)]
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=blocks,
        retain_matching_columns=False,
        probability_two_random_records_match=0.4 / len(frame),
    )


def _trained(frame: pd.DataFrame) -> tuple[Linker, float]:
    """A trained linker, and the seconds of CPU it took.

    A session that fails leaves its linker spoilt (Splink 5.0.0 forgets comparisons and the prior), so the training
    begins anew without it; only the last training counts.
    """
    rules = [fields for fields in TRAINED_ON if _have(frame, fields)]
    certain = [block_on(*fields) for fields in CERTAIN if _have(frame, fields)]
    while True:
        started = time.process_time()
        linker = Linker(DuckDBAPI().register(frame), _settings(frame, "em"), log_level=None)
        linker.training.estimate_probability_two_random_records_match(certain, recall=RECALL)
        linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
        for fields in rules:
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(block_on(*fields))
            except ValueError as problem:  # a level that no pair of the block has
                print(f"not trained on {fields}: {problem}", file=sys.stderr)
                rules = [each for each in rules if each != fields]
                break
        else:
            return linker, time.process_time() - started


def main() -> None:
    way, records, links = sys.argv[1:]
    frame = pd.read_parquet(records)
    training = 0.0
    if way == "em":
        linker, training = _trained(frame)
    started = time.process_time()
    if way == "fixed":
        linker = Linker(DuckDBAPI().register(frame), _settings(frame, way), log_level=None)
    found = linker.inference.predict(threshold_match_probability=LEAST).as_pandas_dataframe()
    cpu = training + time.process_time() - started
    pd.DataFrame(
        {"left": found["unique_id_l"], "right": found["unique_id_r"], "score": found["match_probability"]}
    ).to_parquet(links)
    print(json.dumps({"cpu": cpu}))


if __name__ == "__main__":
    main()
