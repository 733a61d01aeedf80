"""Why two rows are thought to be one customer, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from crmsheet.core.messages import N_, Message
from crmsheet.match.duplicates import Matches
from crmsheet.match.prepared import Bag
from crmsheet.match.weights import Level, weights

WHAT: Mapping[str, str] = {
    "name": N_("name"),
    "uscc": N_("company registration number"),
    "id_number": N_("identity number"),
    "mobile": N_("mobile number"),
    "landline": N_("telephone number"),
    "email": N_("e-mail address"),
    "wechat": N_("WeChat name"),
    "qq": N_("QQ number"),
    "website": N_("website"),
    "contact": N_("contact"),
    "birthday": N_("birthday"),
    "address": N_("address"),
    "postal_code": N_("postcode"),
    "city": N_("city"),
    "province": N_("province"),
    "gender": N_("sex"),
}
SAID: Mapping[Level, str] = {
    Level.same: N_("same {what}"),
    Level.variant: N_("same {what}, written differently"),
    Level.close: N_("{what} almost the same"),
    Level.part: N_("{what} partly the same"),
    Level.near: N_("{what} not quite the same"),
    Level.different: N_("different {what}"),
    Level.conflict: N_("contradictory {what}"),
}
COMMON = N_("same {what}, though {count} names share it")
ALIKE = N_("names alike {percent} %")
BOTH = N_("{first}, {second}")
AGAINST = N_("{reasons}; against it: {doubts}")
DECIDED = N_("somebody decided so")
WORTH_SAYING = 0.5
"""Bits from which a piece of evidence is put into words."""
MOST = 4
"""Pieces of evidence in a sentence, for and against each; the card shows all."""


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line of an evidence card: what is compared, both values as compared, and the bits for (+) or against (-)."""

    what: Message
    left: str
    right: str
    said: Message
    bits: float


def card(matches: Matches, pair: int) -> tuple[CardLine, ...]:
    """The evidence of the pair at a place of `matches.pairs`, the weightiest first; what is missing is left out."""
    lines = []
    for name, compared in matches.scored.compared.items():
        level = Level(int(compared.levels[pair]))
        if level is Level.missing:
            continue
        left, right = (_value(matches, name, int(side[pair])) for side in (matches.scored.left, matches.scored.right))
        said = _said(name, level, int(compared.holders[pair]), left, right)
        lines.append(CardLine(Message(WHAT[name]), left, right, said, round(float(matches.scored.bits[name][pair]), 2)))
    return tuple(sorted(lines, key=lambda line: (-abs(line.bits), line.what.template)))


def reasons(matches: Matches, pair: int) -> Message:
    """The evidence of a pair as one sentence part: same mobile, names alike 92 %; against it: different city."""
    lines = card(matches, pair)
    pro = [line.said for line in lines if line.bits >= WORTH_SAYING][:MOST]
    con = [line.said for line in lines if line.bits <= -WORTH_SAYING][:MOST]
    if not pro:
        return Message(DECIDED)
    return Message(AGAINST, {"reasons": _listed(pro), "doubts": _listed(con)}) if con else _listed(pro)


def _listed(messages: list[Message]) -> Message:
    out = messages[0]
    for each in messages[1:]:
        out = Message(BOTH, {"first": out, "second": each})
    return out


def _said(name: str, level: Level, holders: int, left: str, right: str) -> Message:
    what = Message(WHAT[name])
    if name == "name" and level in (Level.close, Level.part, Level.near):
        return Message(ALIKE, {"percent": round(max(fuzz.ratio(left, right), fuzz.token_sort_ratio(left, right)))})
    comparison = weights().comparisons.get(name)
    crowd = comparison is not None and comparison.count == "names" and holders > weights().guards.proof_names
    if level is Level.same and crowd:
        return Message(COMMON, {"what": what, "count": holders})
    return Message(SAID[level], {"what": what})


def _value(matches: Matches, name: str, place: int) -> str:
    prepared = matches.prepared
    if name in prepared.bags:
        return "; ".join(_held(prepared.bags[name], place))
    column = prepared.columns["full" if name == "name" else name]
    code = int(column.codes[place])
    return str(column.values[code].as_py()) if code >= 0 else ""


def _held(bag: Bag, place: int) -> list[str]:
    first, last = bag.rows.searchsorted([place, place + 1])
    return [str(bag.values[int(code)].as_py()) for code in bag.codes[first:last]]
