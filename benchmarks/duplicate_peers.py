"""Duplicates found by crmsheet and by other libraries on the same lists: the table of docs/accuracy.md.

    python benchmarks/duplicate_peers.py        all peers, public sets and held-out lists (an hour)
    python benchmarks/duplicate_peers.py --peers splink --ways em --sizes 1000 --only "zh 1000"

Every peer runs in an environment of its own (`benchmarks/peers`), on what crmsheet reads of the lists. Of each, groups
at its usual threshold, at 0.9, and at whichever is the best, which nobody could know without the truth.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from opencc import OpenCC

sys.path.insert(0, str(Path(__file__).parent))
from duplicate_scores import Agreement, agreement, linked
from duplicates import arguments, lists, measured

if TYPE_CHECKING:
    from duplicate_scores import Labels
    from duplicate_sets import Listed

PEERS = Path(__file__).parent / "peers"
HOME = Path(os.environ.get("CRMSHEET_PEERS", Path.home() / ".cache" / "crmsheet-peers"))
WAYS: Mapping[str, Mapping[str, int]] = {
    "splink": {"em": 1_000_000, "fixed": 1_000_000},
    "recordlinkage": {"ecm": 6_000},
    "dedupe": {"labels": 1_500},
}
"""Peer -> way -> the largest list that it does in reasonable time on two cores."""
USUAL = 0.5
STRICT = 0.9
_MOBILE = re.compile(r"\+861[3-9]\d{9}")
_FORM = re.compile(
    r"(?:有限责任公司|股份有限公司|集团有限公司|有限公司|公司)(?=\S*分公司$|$)"
    r"|[, ]+(?:inc|incorporated|llc|l l c|corp|corporation|co|company|ltd|limited)$"
)
_TITLE = re.compile(r"^(?:mr|mrs|ms|miss|dr)\.?\s+|(?<=..)(?:先生|女士|小姐|经理|老师)$|^客户-", re.IGNORECASE)
_NOTE = re.compile(r"\s*[(（](?!.*(?:公司|店))[^()（）]*[)）]\s*$")
_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Found:
    """What a peer found: pairs by position with scores, and seconds of CPU; `problem` where it failed."""

    left: Labels
    right: Labels
    score: np.ndarray
    cpu: float
    problem: str = ""


def environment(peer: str) -> Path:
    """The Python of a peer's environment, made on first use."""
    home = HOME / peer
    stamp, wanted = home / "made", (PEERS / f"{peer}.txt").read_text("utf-8")
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "python", "-m", "pip", "install", "-q", "-r", PEERS / f"{peer}.txt"], check=True)
        stamp.write_text(wanted, "utf-8")
    return home / "bin" / "python"


def records(listed: Listed) -> pd.DataFrame:
    """What a peer is given: see `benchmarks/peers/README.md`."""
    values = listed.values
    frame = pd.DataFrame({"unique_id": np.arange(len(values))})
    for name in ("given_name", "surname", "wechat", "uscc", "postal_code", "city", "province", "gender"):
        if name in values:
            frame[name] = _folded(values[name]).to_numpy()
    towns = {town.removesuffix("市") for town in frame.get("city", pd.Series(dtype="str")).dropna().unique()}
    if "name" in values:
        frame["core"] = [_core(name, towns) for name in _folded(values["name"].map(_untitled, na_action="ignore"))]
    if "contact_name" in values:
        frame["contact"] = _folded(values["contact_name"].map(_untitled, na_action="ignore")).to_numpy()
    if "email" in values:
        frame["email"] = [_first(text) for text in values["email"].astype("str").str.lower()]
    numbers = [_numbers(values, at) for at in range(len(values))] if {"mobile", "phone"} & set(values) else []
    for place, name in enumerate(("mobile", "landline")):
        if numbers:
            frame[name] = [each[place] for each in numbers]
    if "birthday" in values or "birth_year" in values:
        frame["birthday"] = _birthdays(values).to_numpy()
    parts = [part for part in ("street_number", "address", "address_1", "address_2") if part in values]
    if parts:
        joined = values[parts].astype("str").fillna("").agg(" ".join, axis=1)
        frame["address"] = _folded(joined).to_numpy()
    frame = frame.astype({name: "object" for name in frame if name != "unique_id"})
    frame = frame.where(frame.notna() & (frame != ""), None)
    return frame.drop(columns=[name for name in frame if frame[name].isna().all()])


def _folded(texts: pd.Series) -> pd.Series:
    simple = OpenCC("t2s")
    known = {text: _plain(simple.convert(text)) for text in texts.dropna().astype("str").unique()}
    return texts.astype("str").map(known)


def _plain(text: str) -> str:
    words = _WORD.sub(" ", text.lower()).strip()
    return words.replace(" ", "") if re.search(r"[\u4e00-\u9fff]", words) else words


def _untitled(name: str) -> str:
    """A name without titles, notes in brackets and `Smith, John` turned round."""
    bare = _TITLE.sub("", _NOTE.sub("", name.strip())) or name
    family, comma, given = bare.partition(", ")
    return f"{given} {family}" if comma and not _FORM.search(bare.lower().rstrip(".")) else bare


def _core(name: object, towns: set[str]) -> str | None:
    """A name without legal form and, of a Chinese firm, without the town in front."""
    if not isinstance(name, str):
        return None
    bare = _FORM.sub("", name)
    for town in towns:
        if len(bare) > len(town) + 3 and bare.startswith(town) and re.match(r"[\u4e00-\u9fff]", town):
            bare = bare.removeprefix(town).removeprefix("市")
            break
    return bare or name


def _first(text: object) -> str | None:
    return text.partition("|")[0] if isinstance(text, str) else None


def _numbers(values: pd.DataFrame, at: int) -> tuple[str | None, str | None]:
    """The first mobile and the first other number of a record, without extensions."""
    cells = [values[name].iat[at] for name in ("mobile", "phone") if name in values]
    every = [number.partition("x")[0] for cell in cells if isinstance(cell, str) for number in cell.split("|")]
    if any(_MOBILE.fullmatch(number) for number in every):
        mobile = next(number for number in every if _MOBILE.fullmatch(number))
        return mobile, next((number for number in every if not _MOBILE.fullmatch(number)), None)
    first = cells[0].partition("|")[0].partition("x")[0] if isinstance(cells[0], str) else None
    return first, next((re.sub(r"[^\d+]", "", number) for number in every if number != first), None)


def _birthdays(values: pd.DataFrame) -> pd.Series:
    if "birthday" in values:
        days = values["birthday"]
        texts = days.dt.strftime("%Y-%m-%d") if pd.api.types.is_datetime64_any_dtype(days) else days
        return texts.astype("str").str[:10].mask(texts.isna())
    parts = [
        values[name].astype("Int64").astype("str").str.zfill(2) for name in ("birth_year", "birth_month", "birth_day")
    ]
    return parts[0].str.cat(parts[1:], sep="-")


def found(peer: str, way: str, frame: pd.DataFrame, truth: Labels) -> Found:
    """What a peer finds in the records; only `dedupe` is told some of the truth."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "records.parquet", Path(folder) / "links.parquet"
        told = frame.assign(truth=truth) if peer == "dedupe" else frame
        told.to_parquet(source, index=False)
        command = [environment(peer), PEERS / f"{peer}_peer.py", way, source, target]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            nothing = np.zeros(0, np.int64)
            return Found(nothing, nothing, np.zeros(0), 0.0, ran.stderr.strip().splitlines()[-1][:200])
        links = pd.read_parquet(target)
        cpu = json.loads(ran.stdout.splitlines()[-1])["cpu"]
    return Found(links["left"].to_numpy("int64"), links["right"].to_numpy("int64"), links["score"].to_numpy(float), cpu)


def swept(one: Found, truth: Labels) -> Iterator[tuple[float, float]]:
    """(threshold, F1) for thresholds from 0.01 to nearly 1."""
    for threshold in (
        0.01,
        0.05,
        *np.arange(0.1, 0.95, 0.05),
        0.95,
        0.98,
        0.99,
        0.995,
        0.999,
        0.9999,
        0.99999,
        0.999999,
    ):
        yield float(threshold), _at(one, truth, float(threshold)).f1


def _at(one: Found, truth: Labels, threshold: float) -> Agreement:
    keep = one.score >= threshold
    return agreement(linked(len(truth), one.left[keep].tolist(), one.right[keep].tolist()), truth)


HEAD = (
    "| list | who | F1 at 0.5 | precision | recall | F1 at 0.9 | best F1 | at | CPU s |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def lines(listed: Listed, peers: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The rows of the table for a list: ours first."""
    ours = measured(listed)
    yield (
        f"| {listed.name} | crmsheet, sure and review | {ours.shown.f1:.4f} | {ours.shown.precision:.4f} "
        f"| {ours.shown.recall:.4f} | | | | {ours.cpu:.1f} |"
    )
    yield (
        f"| | crmsheet, sure alone | {ours.sure.f1:.4f} | {ours.sure.precision:.4f} | {ours.sure.recall:.4f} | | | | |"
    )
    frame = records(listed)
    for peer, ways in peers.items():
        for way in ways:
            if len(frame) > WAYS[peer][way]:
                yield f"| | {peer}, {way} | not run: more than {WAYS[peer][way]:,} records | | | | | | |"
                continue
            one = found(peer, way, frame, listed.truth)
            if one.problem:
                yield f"| | {peer}, {way} | failed: {one.problem} | | | | | | |"
                continue
            usual, strict = (_at(one, listed.truth, each) for each in (USUAL, STRICT))
            threshold, best = max(swept(one, listed.truth), key=lambda each: each[1])
            yield (
                f"| | {peer}, {way} | {usual.f1:.4f} | {usual.precision:.4f} | {usual.recall:.4f} | {strict.f1:.4f} "
                f"| {best:.4f} | {threshold:g} | {one.cpu:.1f} |"
            )


def main() -> None:
    """Prints the table as Markdown."""
    own = argparse.ArgumentParser(add_help=False)
    own.add_argument("--peers", nargs="*", default=list(WAYS))
    own.add_argument("--ways", nargs="*", default=[])
    mine, rest = own.parse_known_args()
    peers = {peer: tuple(way for way in WAYS[peer] if not mine.ways or way in mine.ways) for peer in mine.peers}
    print(HEAD)
    for listed in lists(arguments(rest)):
        for each in lines(listed, peers):
            print(each, flush=True)


if __name__ == "__main__":
    main()
