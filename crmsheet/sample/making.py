"""`make_book`: a seeded, realistic, messy book of any size, with the truth about it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from crmsheet.sample import flat, large
from crmsheet.sample.chinese import CHINESE
from crmsheet.sample.customers import Plan
from crmsheet.sample.english import ENGLISH
from crmsheet.sample.grid import LAYOUTS, Grid, add_footer, add_formulas, lay_out
from crmsheet.sample.language import Language
from crmsheet.sample.mess import spoil
from crmsheet.sample.truth import Planted, Truth
from crmsheet.sample.world import World, build

LARGE = 4000
"""From this many customers on, a workbook is written straight as XML: less decoration, more speed."""


def make_book(
    path: Path,
    *,
    customers: int,
    today: dt.date,
    seed: int = 1,
    lang: str = "zh",
    transactions: int | None = None,
    interactions: int | None = None,
    mess: float = 1.0,
    layout: str = "standard",
    link: str = "id",
    number_keys: bool | None = None,
    title: bool | None = None,
    encodings: Mapping[str, str] | None = None,
) -> Truth:
    """Makes up a book at `path`: a workbook where it ends in .xlsx, else a folder of CSV files.

    The same arguments give the same cells on every machine. `customers` counts rows of the customer sheet, second
    entries of the same customer (4 %) included; two transactions and one and a half interactions per customer unless
    told otherwise. `mess` scales every rate of mess, 0 is a clean book without second entries. `layout` is "standard",
    "one_sheet" (customers only, no keys) or "peer" (the sheets that the skilled user's script of `benchmarks/` reads).
    `link="name"` makes children name their customer instead of giving its key. `number_keys` makes keys numbers (so by
    default in English), `title` puts a title row above the customers' header (so by default in a standard workbook);
    `encodings` maps a table to the encoding of its CSV file.

    Raises:
        ValueError: an unknown layout, language or link.
    """
    if layout not in LAYOUTS or lang not in {"zh", "en"} or link not in {"id", "name"}:
        raise ValueError(f"no such layout, language or link: {layout}, {lang}, {link}")
    language = CHINESE if lang == "zh" else ENGLISH
    rng = Random(seed)  # noqa: S311  (made-up books need repeatable numbers, not secret ones)
    plan = Plan(
        customers=customers,
        transactions=2 * customers if transactions is None else transactions,
        interactions=customers * 3 // 2 if interactions is None else interactions,
        today=today,
        twins=0.04 if mess > 0 else 0.0,
        number_keys=lang == "en" if number_keys is None else number_keys,
        full=layout == "standard",
    )
    world = build(rng, language, plan)
    workbook = path.suffix.lower() == ".xlsx"
    titled = workbook and layout == "standard" if title is None else title
    grids = lay_out(world, language, layout, titled=titled, link=link)
    kept = frozenset(itertools.chain.from_iterable(world.clusters))
    planted = tuple(spoil(rng, language, grids, mess=mess, layout=layout, today=today, kept=kept))
    for grid in grids:
        add_formulas(grid, language)
    if layout == "one_sheet":
        add_footer(grids[0], language)
    planted += tuple(_below(grids[0]))
    foreign = _write(path, grids, language, encodings or {}, today=today, workbook=workbook)
    return _truth(path, language, layout, seed, today, world, grids, planted, foreign)


def _below(grid: Grid) -> list[Planted]:
    """The rows below the records that are none: a total and a signature."""
    below = grid.row_number(len(grid.rows))
    return [
        Planted(grid.name, below + n, "", grid.table, "", 9, "footer-row", row[0], None, recoverable=True)
        for n, row in enumerate(grid.footer)
    ]


def _write(
    path: Path,
    grids: Sequence[Grid],
    language: Language,
    encodings: Mapping[str, str],
    *,
    today: dt.date,
    workbook: bool,
) -> tuple[str, ...]:
    """Writes the sheets; gives the names of those that are no tables."""
    if not workbook:
        flat.write_folder(path, grids, encodings)
        return ()
    if len(grids[0].rows) >= LARGE:
        return large.write_large(path, grids, language)
    # openpyxl is slow to import and of no use to a large book.
    from crmsheet.sample.workbook import write_workbook

    return write_workbook(path, grids, language, today)


def _truth(
    path: Path,
    language: Language,
    layout: str,
    seed: int,
    today: dt.date,
    world: World,
    grids: Sequence[Grid],
    planted: tuple[Planted, ...],
    foreign: tuple[str, ...],
) -> Truth:
    first, rows = grids[0], world.tables["customers"]
    keyed = "customer_id" in first.fields
    return Truth(
        path=path.name,
        lang=language.code,
        layout=layout,
        seed=seed,
        today=today,
        tables={grid.table: grid.place() for grid in grids},
        planted=planted,
        duplicates=tuple(tuple(map(first.row_number, group)) for group in world.clusters),
        duplicate_keys=tuple(tuple(str(rows[n]["customer_id"]) for n in group) for group in world.clusters)
        if keyed
        else (),
        shared=tuple(tuple(map(first.row_number, group)) for group in world.shared),
        foreign=foreign,
    )
