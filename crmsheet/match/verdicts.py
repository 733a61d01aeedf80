"""What is told about duplicates: findings for the check, and groups for the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crmsheet.core.book import Table
from crmsheet.core.findings import Finding, Findings, Severity
from crmsheet.core.messages import N_, Message
from crmsheet.core.rules import RuleCard
from crmsheet.match.duplicates import Matches
from crmsheet.match.evidence import reasons

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
class GroupRow:
    """A row of a group: `cluster` and `entity` are the smallest row id of each; `evidence` is of its best link."""

    row: int | str
    key: str
    name: str
    cluster: int
    entity: int
    band: str
    weight: float
    evidence: Message


def findings(matches: Matches, table: Table) -> Findings:
    """CRM310 for each row that repeats a customer, CRM311 for each two customers that may be one."""
    called = _called(matches, table)
    return Findings.of(_finding(matches, table, called, pair, sure=sure) for pair, sure in _worth_telling(matches))


def groups(matches: Matches, table: Table) -> tuple[GroupRow, ...]:
    """All rows with a link, group by group, each with the evidence of its best link."""
    best = _best_links(matches)
    found = matches.clusters.sort_values(["cluster", "entity", "row_"], kind="stable")
    called = _called(matches, table)
    evidence: dict[int, Message] = {}
    for place in best.values():
        if place not in evidence:
            evidence[place] = reasons(matches, place)
    return tuple(
        GroupRow(table.row_name(row), *called[row], cluster, entity, band, weight, evidence[best[row]])
        for row, cluster, entity, band, weight in found.itertuples(index=False, name=None)
    )


def _called(matches: Matches, table: Table) -> dict[int, tuple[str, str]]:
    """Key and name of every row with a link."""
    rows = matches.clusters["row_"].tolist()
    keys = table.keys().loc[rows].astype("str").tolist()
    names = [""] * len(rows)
    for field in reversed(_NAMES):
        if field in table.values:
            values = table.values[field].loc[rows].tolist()
            names = [new if isinstance(new, str) and new else old for new, old in zip(values, names, strict=True)]
    return dict(zip(rows, zip(keys, names, strict=True), strict=True))


def _worth_telling(matches: Matches) -> Iterator[tuple[int, bool]]:
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


def _finding(
    matches: Matches, table: Table, called: Mapping[int, tuple[str, str]], pair: int, *, sure: bool
) -> Finding:
    left, right = (int(matches.pairs[side].to_numpy()[pair]) for side in ("left_row", "right_row"))
    card = SURE if sure else REVIEW
    key, name = called[right]
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
            "left": said(table.row_name(left), *called[left]),
            "right": said(table.row_name(right), key, name),
            "evidence": reasons(matches, pair),
        },
    )


def said(row: int | str, key: str, name: str) -> Message:
    """A row by key, name and number."""
    return Message(_ROW if key else _KEYLESS, {"key": key, "name": name, "row": row})


_NAMES = ("name", "given_name", "surname", "contact_name")
"""What a row is called by, the best first."""


def name_of(table: Table, row: int) -> str:
    """What a row is called, '' where it has no name."""
    for field in _NAMES:
        value = table.values[field].at[row] if field in table.values else None
        if isinstance(value, str) and value:
            return value
    return ""


def _best_links(matches: Matches) -> dict[int, int]:
    """Row -> place of its heaviest pair, the first of equals."""
    best: dict[int, int] = {}
    weight = matches.pairs["weight"].tolist()
    for side in ("left_row", "right_row"):
        for place, row in enumerate(matches.pairs[side].tolist()):
            if row not in best or weight[place] > weight[best[row]]:
                best[row] = place
    return best
