"""Currencies: the three letters of ISO 4217."""

from __future__ import annotations

from crmsheet.clean.normaliser import Normaliser, Reading, fixed, refused
from crmsheet.clean.spelling import as_text, folded
from crmsheet.clean.text import SPELT
from crmsheet.clean.vacancy import vacant
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import VERIFY, RuleCard
from crmsheet.core.schema import Field

CODES = frozenset(
    str.split(
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD "
        "CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
        "GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT "
        "LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR "
        "NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
        "STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD "
        "XOF XPF YER ZAR ZMW ZWG"
    )
)
"""The active codes of ISO 4217, list one, without funds and metals."""

_ALIASES = {
    "CNY": "人民币 人民币元 rmb cnh 元 块 圆 人民幣 cn¥ rmb¥ yuan renminbi",
    "USD": "美元 美金 us$ usd$ $us us dollar usdollar dollars 美刀",
    "HKD": "港币 港元 港幣 hk$ 港纸",
    "TWD": "新台币 台币 新臺幣 台幣 nt$ ntd",
    "MOP": "澳门元 澳门币 mop$ 葡币",
    "EUR": "欧元 歐元 € euro euros",
    "GBP": "英镑 英鎊 £ pound pounds sterling",
    "JPY": "日元 日圆 日圓 jp¥ jpy¥ yen 円",
    "KRW": "韩元 韩币 韓元 ₩ won",
    "AUD": "澳元 澳币 a$ au$",
    "CAD": "加元 加币 c$ ca$",
    "SGD": "新加坡元 新币 坡币 s$",
    "CHF": "瑞士法郎 瑞郎",
    "RUB": "卢布 俄罗斯卢布 ₽",
    "THB": "泰铢 ฿",
    "INR": "印度卢比 卢比 ₹",
    "VND": "越南盾 ₫",
    "MYR": "马币 林吉特 马来西亚林吉特",
}
_BY_ALIAS = {alias: code for code, aliases in _ALIASES.items() for alias in aliases.split()}
_YEN_OR_YUAN = frozenset("¥￥")

_UNKNOWN = N_("{value} is not a currency; write a code such as CNY, USD or EUR")
_TWO = N_("{value} can be CNY or JPY; write the code")


def currency_of(word: str, region: str) -> str:
    """The ISO 4217 code of a word, sign or code; '' where it is unknown or ambiguous in the region."""
    name = folded(word)
    if name.upper() in CODES:
        return name.upper()
    if name in _YEN_OR_YUAN:
        return {"CN": "CNY", "JP": "JPY"}.get(region, "")
    if name == "$":
        return {"US": "USD", "HK": "HKD", "CA": "CAD", "AU": "AUD", "SG": "SGD", "NZ": "NZD"}.get(region, "")
    return _BY_ALIAS.get(name, "")


def _read(cell: Cell, _field: Field, context: Context) -> Reading:
    text = as_text(cell)
    says_nothing = vacant(text)
    if says_nothing is not None:
        return says_nothing
    code = currency_of(text, context.region)
    if code == text:
        return Reading(code)
    if code:
        return fixed(code, code, "CRM200", SPELT)
    return refused("CRM204", _TWO if folded(text) in _YEN_OR_YUAN else _UNKNOWN)


NORMALISER = Normaliser(
    kinds=("currency",),
    cards=(
        RuleCard(
            "CRM204",
            Severity.warning,
            N_("Not a currency"),
            """
        **What** A currency that is no code and no known name, or that can be two currencies.

        **Why** Amounts of different currencies must never be summed; without a code nobody knows which is which.

        **Bad** `¥` outside China (CNY or JPY); `USS`.

        **Good** `CNY`, `JPY`, `USD`.

        **crmsheet** Names and signs that are clear, such as 人民币, become their code; an unclear one stays, and
        you are asked.

        **Setting** `region`: in `CN` the sign ¥ is taken as CNY.
        """,
            VERIFY,
        ),
    ),
    read=_read,
)
