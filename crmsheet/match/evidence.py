"""Why two rows are thought to be one customer, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from crmsheet.core.messages import N_, Message
from crmsheet.match.duplicates import Matches
from crmsheet.match.prepared import Bag
from crmsheet.match.scoring import DIFFERS, VETOES, by_kind
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
    "company": N_("employer"),
    "country": N_("country"),
    "title": N_("job title"),
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
MISSING = N_("only one of them says it")
WORTH_SAYING = 0.5
"""Bits from which a piece of evidence is put into words."""
MOST = 4
"""Pieces of evidence in a sentence, for and against each; the card shows all."""


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line of an evidence card: what is compared, both values as compared, and the bits for (+) or against (-).

    `name` is the comparison that it is of.
    """

    what: Message
    left: str
    right: str
    said: Message
    bits: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reasons:
    """What speaks for and against a pair, in words; None where nothing does."""

    pro: Message | None
    con: Message | None

    @property
    def text(self) -> Message:
        """Both as one sentence part: same mobile, names alike 92 %; against it: different city."""
        if self.pro is None:
            return Message(DECIDED)
        return Message(AGAINST, {"reasons": self.pro, "doubts": self.con}) if self.con else self.pro


def card(matches: Matches, pair: int) -> tuple[CardLine, ...]:
    """The evidence of the pair at a place of `matches.pairs`, the weightiest first; what is missing is left out."""
    return tuple(
        CardLine(Message(WHAT[name]), *_values(matches, name, pair), _said(matches, name, level, pair), bits, name)
        for name, level, bits in _weighed(matches, pair)
    )


@dataclass(frozen=True, slots=True)
class Sum:
    """How the weight of a pair comes about, in bits above even odds, and what decided beside it.

    `prior` is that of any two rows of the table; `repeated` what evidence of one kind is worth less than its parts;
    `related` what two of one family, or two firms of one owner, would share anyway; `vetoes` what contradicts, whatever
    else agrees; `unproven` that the weight would do, and the proof would not.
    """

    prior: float
    repeated: float
    related: float
    weight: float
    vetoes: tuple[Message, ...]
    unproven: bool


def sum_of(matches: Matches, pair: int) -> Sum:
    """How the weight of the pair at a place of `matches.scored` comes about."""
    scored, rules = matches.scored, weights()
    prior = round(rules.prior(len(matches.prepared)), 2)
    weight = round(float(scored.weight[pair]), 2)
    parts = sum(bits for _, _, bits in _weighed(matches, pair))
    kinds = by_kind(rules, {name: bits[[pair]] for name, bits in scored.bits.items()})
    heard = sum(float(bits[0]) for bits in kinds.values())
    repeated = round(heard - parts, 2)
    contradicts = bool(scored.contradiction[pair])
    vetoes = [
        _said(matches, name, level, pair)
        for name, level, bits in _weighed(matches, pair)
        if bits < 0 and _may_veto(name, level)
    ]
    unproven = weight >= rules.sure and not contradicts and not bool(scored.sure[pair])
    related = round(weight - prior - heard, 2)
    return Sum(prior, repeated, related, weight, tuple(vetoes) if contradicts else (), unproven)


def _may_veto(name: str, level: Level) -> bool:
    return (name in (*VETOES, "name") and level in DIFFERS) or level is Level.conflict


def gaps(matches: Matches, pair: int) -> tuple[CardLine, ...]:
    """What one of the two records of a pair does not say: no news, and so worth nothing."""
    lines = []
    for name, compared in matches.scored.compared.items():
        values = _values(matches, name, pair)
        if int(compared.levels[pair]) == Level.missing and any(values):
            lines.append(CardLine(Message(WHAT[name]), *values, Message(MISSING), 0.0, name))
    return tuple(lines)


def _weighed(matches: Matches, pair: int) -> list[tuple[str, Level, float]]:
    """Name, level and bits of each comparison that was made, the weightiest first."""
    scored = matches.scored
    found = [
        (name, Level(level), round(float(scored.bits[name][pair]), 2))
        for name, compared in scored.compared.items()
        if (level := int(compared.levels[pair])) != Level.missing
    ]
    return sorted(found, key=lambda each: (-abs(each[2]), WHAT[each[0]]))


def reasons(matches: Matches, pair: int) -> Message:
    """The evidence of a pair as one sentence part."""
    return for_and_against(matches, pair).text


def for_and_against(matches: Matches, pair: int) -> Reasons:
    """The weightiest evidence of a pair, for and against apart."""
    lines = _weighed(matches, pair)
    pro = [_said(matches, name, level, pair) for name, level, _ in [e for e in lines if e[2] >= WORTH_SAYING][:MOST]]
    con = [_said(matches, name, level, pair) for name, level, _ in [e for e in lines if e[2] <= -WORTH_SAYING][:MOST]]
    return Reasons(_listed(pro) if pro else None, _listed(con) if con else None)


def _listed(messages: list[Message]) -> Message:
    out = messages[0]
    for each in messages[1:]:
        out = Message(BOTH, {"first": out, "second": each})
    return out


def _said(matches: Matches, name: str, level: Level, pair: int) -> Message:
    what = Message(WHAT[name])
    holders = int(matches.scored.compared[name].holders[pair])
    if name == "name" and level in (Level.close, Level.part, Level.near):
        left, right = _values(matches, name, pair)
        return Message(ALIKE, {"percent": round(max(fuzz.ratio(left, right), fuzz.token_sort_ratio(left, right)))})
    comparison = weights().comparisons.get(name)
    crowd = comparison is not None and comparison.count == "names" and holders > weights().guards.proof_names
    if level is Level.same and crowd:
        return Message(COMMON, {"what": what, "count": holders})
    return Message(SAID[level], {"what": what})


def _values(matches: Matches, name: str, pair: int) -> tuple[str, str]:
    """The two values that were compared."""
    left, right = (int(side[pair]) for side in (matches.scored.left, matches.scored.right))
    return _value(matches, name, left), _value(matches, name, right)


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
