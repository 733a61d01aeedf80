"""The golden record: every cell that the kept row gets from the rows that are merged into it, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from crmsheet.core.folding import fold
from crmsheet.core.schema import Field, TableSchema
from crmsheet.match.survivorship import SEVERAL, Records, Survivor, alike, mark, pieces, survivor

RETIREMENT = ("record_status", "merged_into")
TOGETHER = (
    ("address", ("country", "province", "city", "district", "address", "postal_code")),
    ("contact_name", ("contact_name", "first_name", "last_name", "contact_title")),
    ("owner", ("owner", "pool_status", "pool", "claimed_at", "returned_at", "return_reason")),
    ("tier_locked", ("tier_locked", "tier", "tier_reason")),
)
"""Fields that say one thing together, the coarsest first, and the one that decides whose they are.

A city of one row and a street of another would be an address that nobody has: from the first field on in which two
rows differ, all come from the same row.
"""
ALSO = {"zh": "另有{label}：{value}", "en": "also {label}: {value}"}
"""What is written into the notes of a book of either language about a value that has no other place."""
NOTES, OWNER, OWNERS, CURRENCY, LAST_DEAL = "notes", "owner", "co_owners", "currency", "last_deal_at"
_BOTH = frozenset({"union", "extra", "sum"})
"""Rules that keep what both rows say."""
_KEPT_APART = frozenset({"sensitive", "confidential"})
"""Values that are never copied into the notes, where everybody reads them."""


def joinable(each: Field) -> bool:
    """Whether the values of two rows can both survive in a field."""
    return each.survivorship in _BOTH or each.kind in SEVERAL | {"text"}


Above: TypeAlias = Mapping[str, Mapping[str, str]]
"""Field -> key -> the key of the record of the same table that it refers to."""


@dataclass(frozen=True, slots=True)
class Golden:
    """Rows that become one record: the kept one and the others, with their keys, and what a person or a policy decides.

    `into` is what retired keys are called from now on, and `above` says what each record of the table belongs to.
    `chosen` names the row whose value survives in a field, `both` the fields whose values all do. `home` is the
    currency of amounts that name none.
    """

    records: Records
    schema: TableSchema
    kept: int
    losers: tuple[int, ...]
    keys: Mapping[int, str]
    into: Mapping[str, Any] = field(default_factory=dict)
    above: Above = field(default_factory=dict)
    chosen: Mapping[str, int] = field(default_factory=dict)
    both: frozenset[str] = frozenset()
    home: str = "CNY"

    def survivors(self) -> Iterator[tuple[str, Survivor]]:
        """Each field whose cell in the kept row becomes another one, with the new cell."""
        found = dict(self._survivors())
        found |= dict(self._beside(found))
        for each in self.schema.fields:
            if each.name in found and found[each.name].cell != self.records.cell(each.name, self.kept):
                yield each.name, found[each.name]

    def _survivors(self) -> Iterator[tuple[str, Survivor]]:
        groups = {name: group for lead, names in TOGETHER for group in [self._group(lead, names)] for name in names}
        copies = self._copies()
        for each in self.schema.fields:
            name = each.name
            if not self._has(name) or name == self.records.table.key or name in RETIREMENT:
                continue
            if name in self.chosen:
                found = self.picked(name, self.chosen[name], "chosen")
            elif name in self.both and joinable(each) and each.survivorship not in _BOTH:
                found = self.by_rule(replace(each, survivorship="union"), self.losers)
            elif each.references.split(".")[0] == self.records.table.name:
                found = self._reference(each)
            elif name in groups:
                found = groups[name].survivor(self, each)
            else:
                found = self.by_rule(each, self._fitting(each), copies)
            if found is not None:
                yield name, found

    def by_rule(self, each: Field, losers: Sequence[int], copies: Collection[int] = ()) -> Survivor | None:
        """By the rule of the field; what crmsheet computes anew has none but its days, such as the last contact."""
        if each.derived and each.survivorship not in ("max", "min"):
            return None
        return survivor(self.records, each, self.kept, losers, copies)

    def _has(self, name: str) -> bool:
        return name in self.records.table.columns and name in self.records.table.values

    def picked(self, name: str, row: int, how: str) -> Survivor | None:
        """The very cell of one row, also where it is empty."""
        if row == self.kept or self.records.is_fixed(name, self.kept):
            return None
        return Survivor(self.records.cell(name, row), (row,), how)

    # Values of several fields ---------------------------------------------------------------------------------------

    def _group(self, lead: str, names: Sequence[str]) -> _Group:
        """Whose values those of fields are that belong together."""
        there = [name for name in names if self._has(name)]
        boss = self.kept
        if lead in there:
            found = self.by_rule(self.schema[lead], self.losers)
            boss = self.chosen.get(lead, found.rows[0] if found is not None and found.how != "union" else self.kept)
        until = {row: self._parting(there, boss, row) for row in (self.kept, *self.losers)}
        return _Group(boss, tuple(there), until)

    def _parting(self, names: Sequence[str], boss: int, row: int) -> int:
        """The first of fields in which two rows differ."""
        pairs = ((self.records.value(name, boss), self.records.value(name, row)) for name in names)
        parted = (
            at
            for at, (left, right) in enumerate(pairs)
            if left is not None and right is not None and not alike(self.schema[names[at]], left, right)
        )
        return next(parted, len(names))

    def _copies(self) -> frozenset[int]:
        """The rows that were pasted: what is counted in them is what was counted in another one.

        All figures that two rows share are the same, and so is the day of the last deal.
        """
        names = [each.name for each in self.schema.fields if each.survivorship == "sum"]
        names = [name for name in (*names, LAST_DEAL) if self._has(name)]
        counted: list[list[Any]] = []
        copies = set()
        for row in (self.kept, *self.losers):
            mine = [self.records.value(name, row) for name in names]
            if any(_copied(mine, other) for other in counted):
                copies.add(row)
            counted.append(mine)
        return frozenset(copies)

    def _fitting(self, each: Field) -> tuple[int, ...]:
        """The rows whose value can be compared with the kept one's: amounts of one currency alone."""
        if each.kind != "money" and each.name != CURRENCY:
            return self.losers
        amounts = [name for name, known in self.schema.by_name.items() if known.kind == "money"]
        kept = self._currency(self.kept)
        bare = self.records.value(CURRENCY, self.kept) is None and not self._any(amounts, self.kept)
        if bare:  # then the first amounts decide
            first = next((row for row in self.losers if self._any(amounts, row)), None)
            kept = self._currency(self.losers[0] if first is None else first)
        return tuple(row for row in self.losers if self._currency(row) == kept)

    def _any(self, names: Sequence[str], row: int) -> bool:
        return any(self.records.value(name, row) is not None for name in names)

    def _currency(self, row: int) -> str:
        return str(self.records.value(CURRENCY, row) or self.home)

    def _reference(self, each: Field) -> Survivor | None:
        """A parent or an agent, where the kept row has none: never the record itself, nor one that belongs to it."""
        name = each.name
        own = self.records.value(name, self.kept)
        merged = [row for row in self.losers if self.keys[row] == str(own)]
        if self.records.is_fixed(name, self.kept) or (own is not None and not merged):
            return None
        said = ((row, self.records.value(name, row)) for row in self.losers)
        rows = [row for row, other in said if other is not None and not self._is_own(name, other)]
        if not rows:
            return Survivor(None, tuple(merged), "itself") if merged else None
        row = self.records.newest(rows)
        cell = self.into.get(str(self.records.value(name, row)), self.records.cell(name, row))
        return Survivor(cell, (row,), "fill")

    def _is_self(self, key: Any) -> bool:
        return str(key) in self.keys.values()

    def _is_own(self, name: str, key: Any) -> bool:
        """Whether a record is this one, or belongs to it in the end."""
        above, way = self.above.get(name, {}), [str(key)]
        while not self._is_self(way[-1]) and above.get(way[-1]) and above[way[-1]] not in way:
            way.append(above[way[-1]])
        return self._is_self(way[-1])

    # Values that stand beside the survivor ----------------------------------------------------------------------------

    def _beside(self, found: Mapping[str, Survivor]) -> Iterator[tuple[str, Survivor]]:
        """The cells that take up what would be left out: another owner, and what is `extra`, in the notes."""
        others: list[tuple[str, str, int]] = []
        for each in self.schema.fields:
            if each.survivorship != "extra" and each.name != OWNER:
                continue
            decided = each.name in self.chosen and each.name != OWNER
            if self._has(each.name) and not decided and each.sensitivity not in _KEPT_APART:
                others += [(each.name, text, row) for text, row in self._others(each.name, found.get(each.name))]
        if self._has(OWNERS) and OWNERS not in self.chosen:
            mine = [(text, row) for name, text, row in others if name == OWNER]
            others = [each for each in others if each[0] != OWNER]
            yield from self._appended(OWNERS, found.get(OWNERS), mine, "union")
        said = [(self._also(name, text), row) for name, text, row in others]
        if self._has(NOTES) and NOTES not in self.chosen:
            yield from self._appended(NOTES, found.get(NOTES), said, "extra")

    def _others(self, name: str, survivor: Survivor | None) -> Iterator[tuple[str, int]]:
        """The values of a field, as they stand there, that say something else than the one that survives."""
        rows = (self.kept, *self.losers)
        kept = survivor.rows[0] if survivor is not None else self.kept
        have = [self.records.value(name, kept)]
        for row in rows:
            value = self.records.value(name, row)
            if value is not None and not any(alike(self.schema[name], value, each) for each in have):
                have.append(value)
                yield str(self.records.cell(name, row)), row

    def _also(self, name: str, text: str) -> str:
        table = self.records.table
        label = table.headers.get(table.columns[name]) or self.schema[name].labels.get(table.lang) or name
        return ALSO.get(table.lang, ALSO["en"]).format(label=label, value=text)

    def _appended(
        self, name: str, found: Survivor | None, more: Sequence[tuple[str, int]], how: str
    ) -> Iterator[tuple[str, Survivor]]:
        if self.records.is_fixed(name, self.kept):
            return
        cell = str((found.cell if found else self.records.cell(name, self.kept)) or "")
        have = set(map(fold, pieces(self.schema[name], cell)[0]))
        new = [(text, row) for text, row in more if fold(text) not in have]
        if new:
            rows = (*(found.rows if found else ()), *(row for _, row in new if row != self.kept))
            text = mark(self.records.table).join(filter(None, [cell, *(text for text, _ in new)]))
            yield name, Survivor(text, tuple(dict.fromkeys(rows)) or (self.losers[0],), how)


@dataclass(frozen=True, slots=True)
class _Group:
    """Fields that belong together: whose they are, and up to which of them each row says the same."""

    boss: int
    names: tuple[str, ...]
    until: Mapping[int, int]

    def survivor(self, golden: Golden, each: Field) -> Survivor | None:
        """What a field of the group becomes: from the first difference on, what the deciding row says."""
        if each.name not in self.names:
            return None
        at = self.names.index(each.name)
        if at >= self.until[golden.kept]:
            return golden.picked(each.name, self.boss, "together")
        return golden.by_rule(each, [row for row in golden.losers if at < self.until[row]])


def _copied(left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Whether all figures that two rows share are the same, and there are any."""
    shared = [(mine, other) for mine, other in zip(left, right, strict=True) if None not in (mine, other)]
    return bool(shared) and all(mine == other for mine, other in shared)
