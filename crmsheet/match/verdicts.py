"""What is told about duplicates: findings for the check, and groups for the report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crmsheet.core.book import Table
from crmsheet.core.findings import Finding, Findings, Severity
from crmsheet.core.messages import N_, Message
from crmsheet.core.rules import RuleCard
from crmsheet.match.duplicates import Matches
from crmsheet.match.evidence import for_and_against, reasons

SURE = RuleCard(
    "CRM310",
    Severity.warning,
    N_("The same customer stands there twice"),
    """
        **What** Two or more rows that are one customer beyond reasonable doubt: the name and what identifies it
        agree.

        **Why** Two salespeople call one customer, figures count it as two, and neither row tells the whole story.

        **Bad** `北京华信科技有限公司` and `北京华信科技` with the same mobile number and the same credit code.

        **Good** One row with what both knew; the other is retired and points to it.

        **crmsheet** `crmsheet dedupe` shows the evidence, and with --write merges; the retired row stays, hidden.
        The night run leaves it to people unless it is set to merge.

        **Setting** `nightly.merge`, `nightly.budget_merges`
        """,
)
REVIEW = RuleCard(
    "CRM311",
    Severity.info,
    N_("Perhaps the same customer twice"),
    """
        **What** Two rows that may be one customer: some things agree, others differ or are missing.

        **Why** If they are one, they hide a second owner or a debt; if they are two, merging them would do harm.

        **Bad** `王芳 138****8000` and `王芳` in the same city without a number.

        **Good** A number or a full name that settles it.

        **crmsheet** It shows what speaks for and against, and never merges them by itself.
        """,
)
RULES = (SURE, REVIEW)

_SURE = N_("{left} and {right} are one customer ({evidence}); merge them, or mark them as different")
_REVIEW = N_("{left} and {right} may be one customer ({evidence}); decide whether they are the same")
_ROW = N_("{key} {name} (row {row})")
_KEYLESS = N_("{name} (row {row})")


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are one customer (`sure`), or a cluster with something to decide (`review`): sheet rows, best first.

    `weight` is that of its strongest link of the band.
    """

    band: str
    rows: tuple[int, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Member:
    """A row of a group as people see it, and what speaks for and against it being one with a row above it."""

    row: int | str
    key: str
    name: str
    pro: Message | None = None
    con: Message | None = None


def findings(matches: Matches, table: Table) -> Findings:
    """CRM310 for each row that repeats a customer, CRM311 for each two customers that may be one."""
    known = _called(matches, table)
    return Findings.of(_finding(matches, table, known, pair, sure=sure) for pair, sure in worth_telling(matches))


def groups(matches: Matches, kept: Collection[int] = ()) -> list[Group]:
    """The sure groups, then those to review, the strongest first; rows that are `kept` in a merge come first."""
    clusters: dict[int, dict[int, list[int]]] = {}
    columns = (matches.clusters[name].tolist() for name in ("row_", "cluster", "entity"))
    for row, cluster, entity in zip(*columns, strict=True):
        clusters.setdefault(cluster, {}).setdefault(entity, []).append(row)
    weights = _weights(matches)
    found = []
    for cluster, entities in clusters.items():
        ordered = [tuple(sorted(rows, key=lambda row: (row not in kept, row))) for rows in entities.values()]
        for entity, rows in zip(entities, ordered, strict=True):
            if len(rows) > 1:
                found.append(Group("sure", rows, weights.get(("sure", entity), 0.0)))
        if len(entities) > 1:
            every = tuple(row for rows in ordered for row in rows)
            found.append(Group("review", every, weights.get(("review", cluster), 0.0)))
    return sorted(found, key=lambda each: (each.band != "sure", -each.weight, each.rows))


def _weights(matches: Matches) -> dict[tuple[str, int], float]:
    """The strongest link of each sure group, by its entity, and to review of each cluster."""
    group_of = {
        band: dict(zip(matches.clusters["row_"].tolist(), matches.clusters[name].tolist(), strict=True))
        for band, name in (("sure", "entity"), ("review", "cluster"))
    }
    best: dict[tuple[str, int], float] = {}
    columns = (matches.pairs[name].tolist() for name in ("left_row", "band", "weight"))
    for row, band, weight in zip(*columns, strict=True):
        place = band, group_of[band][row]
        best[place] = max(best.get(place, weight), weight)
    return best


def members(matches: Matches, table: Table, told: Sequence[Group]) -> list[tuple[Member, ...]]:
    """The rows of groups in words, each with the evidence of its best link to one above it, else to any of its group.

    In a group to review a link to another customer comes before one within.
    """
    wanted = {row for group in told for row in group.rows}
    known = _called(matches, table, sorted(wanted))
    entity = dict(zip(matches.clusters["row_"].tolist(), matches.clusters["entity"].tolist(), strict=True))
    links: dict[int, list[tuple[float, int, int]]] = {}
    columns = (matches.pairs[name].tolist() for name in ("left_row", "right_row", "weight"))
    for place, (left, right, weight) in enumerate(zip(*columns, strict=True)):
        if left in wanted:
            links.setdefault(left, []).append((-weight, right, place))
            links.setdefault(right, []).append((-weight, left, place))
    out = []
    for group in told:
        at = {row: number for number, row in enumerate(group.rows)}
        rows = []
        for row in group.rows:
            near = [each for each in links[row] if each[1] in at]
            near.sort(
                key=lambda each: (
                    at[each[1]] > at[row],
                    (entity[each[1]] == entity[row]) is (group.band == "review"),
                    each,
                )
            )
            best = for_and_against(matches, near[0][2]) if near and at[row] else None
            rows.append(Member(table.row_name(row), *known[row], *((best.pro, best.con) if best else ())))
        out.append(tuple(rows))
    return out


def _called(matches: Matches, table: Table, wanted: Iterable[int] | None = None) -> dict[int, tuple[str, str]]:
    """Key and name of some rows, else of every row with a link; names also of a column that no field has."""
    rows: list[int] = matches.clusters["row_"].tolist() if wanted is None else list(wanted)
    full = matches.prepared.columns["full"]
    codes = full.codes[matches.prepared.rows.searchsorted(rows)].tolist()
    found = called(table, rows)
    for row, code in zip(rows, codes, strict=True):
        key, name = found[row]
        if not name and code >= 0:
            found[row] = key, str(full.values[code])
    return found


def called(table: Table, rows: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Key and name of some rows, '' where they have none."""
    wanted = list(rows)
    keys: list[str] = table.keys().loc[wanted].astype("str").tolist()
    names = [_said_name(each) for each in zip(*_name_parts(table, wanted), strict=True)]
    return dict(zip(wanted, zip(keys, names, strict=True), strict=True))


def _name_parts(table: Table, rows: list[int]) -> Iterator[list[str]]:
    for field in _NAMES:
        values = table.values[field].loc[rows].tolist() if field in table.values else [""] * len(rows)
        yield [each if isinstance(each, str) else "" for each in values]


def _said_name(parts: Sequence[str]) -> str:
    """What a row is called: by its name, else by the parts of a person's, else by its contact."""
    name, given, surname, contact = parts
    return name or f"{given} {surname}".strip() or contact


def worth_telling(matches: Matches) -> Iterator[tuple[int, bool]]:
    """Places of pairs: the links that hold each customer together, and the best link between each two customers."""
    entity = dict(zip(matches.clusters["row_"].tolist(), matches.clusters["entity"].tolist(), strict=True))
    pairs = matches.pairs
    order = pairs.assign(place=range(len(pairs))).sort_values(
        ["weight", "left_row", "right_row"], ascending=[False, True, True], kind="stable"
    )
    group: dict[int, int] = {}

    def root(row: int) -> int:
        while group.get(row, row) != row:
            row = group[row]
        return row

    told: set[tuple[int, int]] = set()
    kept = []
    for left, right, band, place in order[["left_row", "right_row", "band", "place"]].itertuples(
        index=False, name=None
    ):
        ours, theirs = entity[left], entity[right]
        if ours == theirs:
            first, second = root(left), root(right)
            if band == "sure" and first != second:
                group[max(first, second)] = min(first, second)
                kept.append((place, True))
        elif (min(ours, theirs), max(ours, theirs)) not in told:
            told.add((min(ours, theirs), max(ours, theirs)))
            kept.append((place, False))
    yield from sorted(kept)


def _finding(matches: Matches, table: Table, known: Mapping[int, tuple[str, str]], pair: int, *, sure: bool) -> Finding:
    left, right = (int(matches.pairs[side].to_numpy()[pair]) for side in ("left_row", "right_row"))
    card = SURE if sure else REVIEW
    key, name = known[right]
    return Finding(
        rule=card.code,
        severity=card.severity,
        table=table.name,
        sheet=table.sheet,
        key=key,
        row=right,
        column=table.columns.get("name", ""),
        field="name",
        value=name,
        message=_SURE if sure else _REVIEW,
        arguments={
            "left": said(table.row_name(left), *known[left]),
            "right": said(table.row_name(right), key, name),
            "evidence": reasons(matches, pair),
        },
    )


def said(row: int | str, key: str, name: str) -> Message:
    """A row by key, name and number."""
    return Message(_ROW if key else _KEYLESS, {"key": key, "name": name, "row": row})


_NAMES = ("name", "given_name", "surname", "contact_name")
"""What a row is called by, the best first."""
