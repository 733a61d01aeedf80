"""Lists with known duplicates: public ones of a folder, and made-up ones; all read as crmsheet reads any list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from crmsheet.core.book import Table
from crmsheet.core.cells import column_letters
from crmsheet.core.context import Context, Settings
from crmsheet.core.schema import Schema
from crmsheet.match.listing import columns_of, comparables, listed
from crmsheet.resources import shipped
from crmsheet.sample.duplicate_lists import duplicate_list
from crmsheet.schema.loading import load

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DATA = Path(__file__).parents[2] / "shared" / "data" / "er"
"""Where the public sets are looked for; they are no part of the project."""
HELD_OUT = 9001
"""The first seed of the made-up lists that are reported; 1 to 99 are for tuning."""
SIZES = (1_000, 5_000, 100_000)
TODAY = dt.date(2026, 11, 23)
HOME = {"zh": ("CN", "CNY"), "en": ("US", "USD")}

PUBLIC: Mapping[str, Mapping[str, str]] = {
    "febrl1": {"id": "", "soc_sec_id": ""},
    "febrl2": {"id": "", "soc_sec_id": ""},
    "RLdata500": {
        "id": "",
        "fname_c1": "given_name",
        "fname_c2": "given_name",
        "lname_c1": "surname",
        "lname_c2": "surname",
        "by": "birth_year",
        "bm": "birth_month",
        "bd": "birth_day",
    },
    "fodors_zagats": {"id": "", "type": ""},
}
"""The public sets, and what is said of their columns as by `--map` ('': not compared); the rest speaks for itself."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: its name, its comparable fields (one row per record, index from 2 as a sheet counts), and the truth."""

    name: str
    values: pd.DataFrame
    truth: npt.NDArray[np.int64]

    def without_duplicates(self) -> Listed:
        """The first record of each customer only."""
        first = ~pd.Series(self.truth).duplicated().to_numpy()
        return Listed(self.name, self.values[first], self.truth[first])


def public(folder: Path, words: tuple[str, ...] = ()) -> Iterator[Listed]:
    """The public sets that stand in a folder; with `words` those whose name has one of them in it."""
    for name, asked in PUBLIC.items():
        path = folder / f"{name}.csv"
        if path.exists() and (not words or any(word in name for word in words)):
            raw = pd.read_csv(path, dtype="str", encoding="utf-8")
            told = pd.read_csv(folder / f"{name}_truth.csv", dtype="str", encoding="utf-8")
            truth = raw["id"].map(told.set_index("id")["cluster_id"])
            yield Listed(name, comparable(raw, "zh", asked), pd.factorize(truth)[0].astype("int64"))


def made_up(rows: int, seed: int, lang: str) -> Listed:
    """A made-up list whose headers are the words of its language."""
    raw, customers = duplicate_list(rows, seed, lang)
    fields = _schema().tables["customers"]
    headed = raw.rename(columns={name: fields[name].labels[lang] for name in raw})
    truth = pd.factorize(pd.Series(customers))[0].astype("int64")
    return Listed(f"{lang} {rows:,}, seed {seed}", comparable(headed, lang, {}), truth)


def comparable(raw: pd.DataFrame, lang: str, asked: Mapping[str, str]) -> pd.DataFrame:
    """What `crmsheet dedupe` compares of a list of texts, at home where the language is; `asked` is as in `PUBLIC`."""
    region, currency = HOME[lang]
    letters = {name: column_letters(at) for at, name in enumerate(raw.columns, 1)}
    cells = raw.rename(columns=letters).astype("object")
    cells = cells.where(cells.notna(), None).set_axis(pd.RangeIndex(2, len(raw) + 2))
    headers = {at: name for name, at in letters.items()}
    table = Table("list", "list", 1, cells, {}, headers, "key", pd.DataFrame(index=cells.index), lang)
    context = Context(TODAY, region=region, lang=lang, settings=Settings(region=region, currency=currency))
    words = comparables(_schema())
    columns = columns_of(table, words, {letters[name]: field for name, field in asked.items()})
    return listed(table, words, columns, context)


@lru_cache(maxsize=1)
def _schema() -> Schema:
    return load(shipped("schemas"))
