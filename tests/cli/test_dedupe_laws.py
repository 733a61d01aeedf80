"""`dedupe` and `unmerge` from outside, on drawn books: what formats agree on, what is never lost and never told."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations, pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import networkx as nx
import openpyxl
import pytest

from crmsheet.app.pair_decisions import decide, decisions_of
from crmsheet.match.decisions import Decision
from tests.cli.conftest import Ran, crmsheet
from tests.properties.drawn_customers import Row, doubled
from tests.small_books import XLSX, files_of

SEEDS = (3, 8)
LIST = {
    "key": "编号",
    "name": "客户名称",
    "kind": "客户类型",
    "mobile": "手机",
    "phone": "电话",
    "email": "邮箱",
    "city": "城市",
    "address": "地址",
    "postal_code": "邮编",
    "birthday": "生日",
    "contact_name": "联系人",
    "website": "网址",
}
KINDS = {"person": "个人", "company": "企业", None: None}
PRIVATE = ("mobile", "phone", "email", "birthday")


def cell_of(row: Row, field: str) -> Any:
    """What stands in a cell."""
    value = KINDS[row["kind"]] if field == "kind" else row.get(field)
    return value.isoformat() if isinstance(value, dt.date) else value


def cells(rows: Sequence[Row], names: Mapping[str, str] = LIST) -> list[list[Any]]:
    """The rows under headers."""
    return [list(names.values()), *([cell_of(row, field) for field in names] for row in rows)]


def put_list(path: Path, rows: Sequence[Row], names: Mapping[str, str] = LIST, encoding: str = "utf-8-sig") -> Path:
    out = io.StringIO()
    csv.writer(out).writerows(["" if cell is None else cell for cell in line] for line in cells(rows, names))
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def table_of(ran: Ran) -> list[tuple[int, int, int, str, float]]:
    """The lines of `-f csv`."""
    head, *lines = csv.reader(io.StringIO(ran.out))
    assert head == ["row", "cluster", "entity", "band", "weight"]
    return [(int(row), int(cluster), int(entity), band, float(weight)) for row, cluster, entity, band, weight in lines]


def groups(lines: Iterable[tuple[int, int, int, str, float]], rows: Sequence[Row], column: int) -> set[frozenset[str]]:
    """The groups of two and more, as keys of the drawn rows."""
    found: dict[int, set[str]] = {}
    for line in lines:
        found.setdefault(line[column], set()).add(rows[line[0] - 2]["key"])
    return {frozenset(each) for each in found.values() if len(each) > 1}


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_pairs_and_explanations_agree(seed: int, tmp_path: Path) -> None:
    path = put_list(tmp_path / "名单.csv", doubled(seed, 60)[0])
    lines = table_of(crmsheet("dedupe", path, "-f", "csv"))
    document = crmsheet("dedupe", path, "-f", "json").document
    assert [tuple(row.values()) for row in document["tables"]["rows"]] == lines
    pairs = document["tables"]["pairs"]
    assert {pair["band"] for pair in pairs} == {"sure", "review"}
    for column, bands in ((1, ("sure", "review")), (2, ("sure",))):
        graph = nx.Graph((pair["left_row"], pair["right_row"]) for pair in pairs if pair["band"] in bands)
        linked = {frozenset(part) for part in nx.connected_components(graph)}
        held: dict[int, set[int]] = {}
        for line in lines:
            held.setdefault(line[column], set()).add(line[0])
        assert {frozenset(each) for each in held.values() if len(each) > 1} == linked
    assert all(line[0] >= 2 for line in lines)
    for pair in pairs[:: max(1, len(pairs) // 4)]:
        told = crmsheet("dedupe", path, "--explain", f"#{pair['left_row']}", f"#{pair['right_row']}", "-f", "json")
        counts, shown = told.document["counts"], told.document["sections"][0]["rows"]
        assert counts["weight"] == pytest.approx(pair["weight"], abs=0.006)
        assert counts["band"] == pair["band"]
        *parts, total = [float(row[-1].replace("\N{MINUS SIGN}", "-")) for row in shown]
        assert total == pytest.approx(pair["weight"], abs=0.061)
        assert sum(parts) == pytest.approx(total, abs=0.051 * len(shown))


def test_nothing_private_is_told(tmp_path: Path) -> None:
    rows = doubled(3, 40)[0]
    path = put_list(tmp_path / "list.csv", rows)
    secrets = {str(row[field]) for row in rows for field in PRIVATE if row.get(field)}
    secrets |= {secret.removeprefix("+86") for secret in secrets}
    first = table_of(crmsheet("dedupe", path, "-f", "csv"))
    ends = [line[0] for line in first if line[2] == first[0][2]][:2] if first else []
    asked = [("-f", form) for form in ("text", "json", "md", "html", "csv")]
    asked += [
        ("--explain", f"#{first[0][0]}", f"#{ends[-1]}", "-f", form) for form in ("text", "json") if len(ends) == 2
    ]
    for options in asked:
        said = crmsheet("dedupe", path, *options).said
        assert not [secret for secret in secrets if secret in said]
    assert any(secret in crmsheet("dedupe", path, "-f", "json", "--reveal").said for secret in secrets)


def test_the_same_list_in_other_clothes_has_the_same_groups(tmp_path: Path) -> None:
    """Encodings, separators, workbook or text, the order of rows and of columns."""
    rows = doubled(5, 60)[0]
    want = table_of(crmsheet("dedupe", put_list(tmp_path / "one.csv", rows), "-f", "csv"))
    for encoding in ("gb18030", "utf-8", "utf-16"):
        path = put_list(tmp_path / f"{encoding}.csv", rows, encoding=encoding)
        assert table_of(crmsheet("dedupe", path, "-f", "csv")) == want
    book = tmp_path / "list.xlsx"
    book.write_bytes(files_of(XLSX, {"名单": cells(rows)})[""])
    assert table_of(crmsheet("dedupe", book, "-f", "csv")) == want
    dice = random.Random(1)
    shuffled = dice.sample(rows, len(rows))
    names = dict(dice.sample(list(LIST.items()), len(LIST)))
    other = table_of(crmsheet("dedupe", put_list(tmp_path / "other.csv", shuffled, names), "-f", "csv"))
    for column in (1, 2):
        assert groups(other, shuffled, column) == groups(want, rows, column)


def test_headers_nobody_knows_are_mapped(tmp_path: Path) -> None:
    rows = doubled(6, 60)[0]
    want = table_of(crmsheet("dedupe", put_list(tmp_path / "one.csv", rows), "-f", "csv"))
    strange = {field: f"zzq{place}" for place, field in enumerate(LIST)}
    path = put_list(tmp_path / "strange.csv", rows, strange)
    maps = [part for field, header in strange.items() for part in ("--map", f"{header}={field}")]
    assert table_of(crmsheet("dedupe", path, *maps, "-f", "csv")) == want
    unknown = crmsheet("dedupe", path, "-f", "csv")
    assert unknown.code == 3
    assert "--map" in unknown.err
    assert crmsheet("dedupe", path, "--map", "zzq1=nonsense").code == 2
    assert crmsheet("dedupe", path, "--map", "nowhere=name").code in (2, 3)


# Books: merging and taking apart ----------------------------------------------------------------------------------

FIELDS = ("key", "name", "kind", "mobile", "phone", "email", "city", "address", "birthday")
HEAD = ("客户编号", *(LIST[field] for field in FIELDS[1:]), "拒绝联系", "限制处理", "记录状态", "合并至")


def sheets(seed: int) -> dict[str, list[list[Any]]]:
    """A book with doubles, their people, deals and consents."""
    dice = random.Random(seed)
    rows = doubled(seed, 30, share=0.5)[0]
    customers: list[list[Any]] = [list(HEAD)]
    for row in rows:
        flags = ["是" if dice.random() < often else None for often in (0.2, 0.1)]
        customers.append([*(cell_of(row, field) for field in FIELDS), *flags, None, None])
    keys = [row["key"] for row in rows]
    deals = [[f"T{place}", dice.choice(keys), "2026-03-01", 100 + place] for place in range(40)]
    consents = [
        [f"A{place}", dice.choice(keys), "营销", "2025-01-02", "2026-02-03" if dice.random() < 0.4 else None]
        for place in range(30)
    ]
    return {
        "客户": customers,
        "交易记录": [["交易编号", "客户编号", "交易日期", "金额"], *deals],
        "个人信息授权": [["授权编号", "客户编号", "处理目的", "授权时间", "撤回时间"], *consents],
    }


def put_book(folder: Path, made: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """The book, and settings that let one run merge many: half of it is there twice."""
    path = folder / "客户.xlsx"
    path.write_bytes(files_of(XLSX, made)[""])
    (folder / "crmsheet.toml").write_text("[nightly]\nbudget_rows = 1.0\nbudget_merges = 100\n", "utf-8")
    return path


def held(path: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Sheet -> key -> header -> cell, the empty ones left out."""
    book = openpyxl.load_workbook(path)
    out = {}
    for sheet in book:
        head, *lines = sheet.iter_rows(values_only=True)
        out[sheet.title] = {
            str(line[0]): {
                name: str(cell) for name, cell in zip(head, line, strict=True) if name and cell not in (None, "")
            }
            for line in lines
        }
    return out


def merged_into(book: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, str]:
    return {key: row["合并至"] for key, row in book["客户"].items() if row.get("合并至")}


@pytest.mark.parametrize("seed", SEEDS)
def test_merging_loses_nothing_that_protects_and_no_child(seed: int, tmp_path: Path) -> None:
    path = put_book(tmp_path, sheets(seed))
    before = held(path)
    ran = crmsheet("dedupe", path, "--write")
    assert ran.code in (0, 1), ran.said
    after = held(path)
    into = merged_into(after)
    assert len(into) >= 5
    assert set(before["客户"]) == set(after["客户"])  # nobody is deleted
    for name in ("交易记录", "个人信息授权"):
        assert set(after[name]) == set(before[name])
        for key, row in after[name].items():
            owner = before[name][key]["客户编号"]
            assert row["客户编号"] == into.get(owner, owner)
            assert {k: v for k, v in row.items() if k != "客户编号"} == {
                k: v for k, v in before[name][key].items() if k != "客户编号"
            }
    for loser, winner in into.items():
        assert winner not in into
        for flag in ("拒绝联系", "限制处理"):
            if before["客户"][loser].get(flag) or before["客户"][winner].get(flag):
                assert after["客户"][winner].get(flag)
    again = crmsheet("dedupe", path, "-f", "json").document
    assert again["counts"].get("sure_groups", 0) == 0
    assert again["counts"]["changes"] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_merge_then_unmerge_is_identity(seed: int, tmp_path: Path) -> None:
    path = put_book(tmp_path, sheets(seed))
    before = held(path)
    crmsheet("dedupe", path, "--write")
    losers = sorted(merged_into(held(path)))
    for loser in random.Random(seed).sample(losers, len(losers)):
        ran = crmsheet("unmerge", loser, path, "--write")
        assert ran.code == 0, ran.said
    after = held(path)
    assert after == before
    # nobody merges them again
    assert crmsheet("dedupe", path, "-f", "json").document["counts"].get("sure_groups", 0) == 0


def test_unmerge_after_later_edits_takes_nothing_else(tmp_path: Path) -> None:
    path = put_book(tmp_path, sheets(4))
    before = held(path)
    crmsheet("dedupe", path, "--write")
    loser, winner = min(merged_into(held(path)).items())
    assert crmsheet("set", winner, "城市=拉萨", path).code == 0
    assert crmsheet("unmerge", loser, path, "--write").code in (0, 1, 5)
    after = held(path)
    assert {**after["客户"][loser]} == before["客户"][loser]
    assert after["客户"][winner]["城市"] == "拉萨"
    for name in ("交易记录", "个人信息授权"):
        mine = {key for key, row in before[name].items() if row["客户编号"] == loser}
        assert {key for key, row in after[name].items() if row["客户编号"] == loser} == mine


def test_undo_of_a_merge_brings_back_the_bytes(tmp_path: Path) -> None:
    path = put_book(tmp_path, sheets(9))
    before = path.read_bytes()
    crmsheet("dedupe", path, "--write")
    assert path.read_bytes() != before
    assert crmsheet("undo", path, "--write").code == 0
    assert path.read_bytes() == before


# Decisions --------------------------------------------------------------------------------------------------------


def one_decision(path: Path, place: int) -> None:
    decide(path, [Decision(f"K{place:05}", f"K{place + 1:05}", "different", f"人 {place}", "2026-01-02T03:04:05")])


def test_eight_that_decide_at_once_lose_nothing(tmp_path: Path) -> None:
    path = put_book(tmp_path, sheets(2))
    with ProcessPoolExecutor(8, mp_context=get_context("fork")) as pool:
        list(pool.map(one_decision, [path] * 40, range(1, 41)))
    found = decisions_of(path)
    assert sorted(each.pair for each in found) == [(f"K{place:05}", f"K{place + 1:05}") for place in range(1, 41)]
    assert {each.who for each in found} == {f"人 {place}" for place in range(1, 41)}


def test_decisions_come_back_as_they_were_said(tmp_path: Path) -> None:
    path = put_book(tmp_path, sheets(2))
    texts = ("李雷", "a\tb", "", "  two  words ", "x;y=z", "行\n二", "'\"", "C:\\new", "#")
    said = [
        Decision(f"K{place:05}", f"K{place + 1:05}", verdict, who, "2026-01-02T03:04:05", {"name": f"K{place:05}"})
        for place, (who, verdict) in enumerate(zip(texts, ("same", "different", "later") * 3, strict=True), 1)
    ]
    for each in said:
        decide(path, [each])
    found = decisions_of(path)
    assert [(each.left, each.right, each.verdict, each.at, dict(each.fields)) for each in found] == [
        (each.left, each.right, each.verdict, each.at, dict(each.fields)) for each in said
    ]
    assert [" ".join(each.who.split()) for each in found] == [" ".join(text.split()) for text in texts]


def test_what_was_decided_holds_in_every_command(tmp_path: Path) -> None:
    path = put_book(tmp_path, sheets(7))
    pairs = crmsheet("dedupe", path, "-f", "json").document["tables"]["pairs"]
    sure = [pair for pair in pairs if pair["band"] == "sure"]
    decide(path, [Decision(pair["left_key"], pair["right_key"], "different") for pair in sure])
    after = crmsheet("dedupe", path, "-f", "json").document
    left = {frozenset((pair["left_key"], pair["right_key"])) for pair in after["tables"]["pairs"]}
    assert not left & {frozenset((pair["left_key"], pair["right_key"])) for pair in sure}
    assert after["counts"].get("sure_groups", 0) == 0
    crmsheet("dedupe", path, "--write")
    assert merged_into(held(path)) == {}
    keys = sorted(held(path)["客户"])
    chain = [Decision(one, other, "same") for one, other in pairwise(keys[:3])]
    decide(path, chain)
    rows = table_of(crmsheet("dedupe", path, "-f", "csv"))
    entity = {line[0]: line[2] for line in rows}
    assert entity[2] == entity[3] == entity[4]
    decide(path, [Decision(keys[0], keys[2], "different")])
    entity = {line[0]: line[2] for line in table_of(crmsheet("dedupe", path, "-f", "csv"))}
    for one, other in combinations((2, 3, 4), 2):
        if {one, other} == {2, 4}:
            assert entity.get(one, -one) != entity.get(other, -other)


def test_against_another_list_says_the_same_from_both_sides(tmp_path: Path) -> None:
    """What is common to two lists: only pairs between them, at the weight they have in one list of both."""
    rows, truth = doubled(11, 50, share=0.6)
    ours, theirs = put_list(tmp_path / "ours.csv", rows[:50]), put_list(tmp_path / "theirs.csv", rows[50:])
    one = crmsheet("dedupe", ours, "--against", theirs, "-f", "json").document["tables"]["pairs"]
    other = crmsheet("dedupe", theirs, "--against", ours, "-f", "json").document["tables"]["pairs"]
    said = {(pair["row"], pair["other_row"], pair["band"], pair["weight"]) for pair in one}
    assert said == {(pair["other_row"], pair["row"], pair["band"], pair["weight"]) for pair in other}
    right = {(left, there) for left, there, _, _ in said if truth[left - 2] == truth[50 + there - 2]}
    assert len(right) >= 0.8 * (len(rows) - 50)
    assert all(truth[left - 2] == truth[50 + there - 2] for left, there, band, _ in said if band == "sure")
