"""What rows beside the records say: totals, signatures, remarks, units, examples."""

from __future__ import annotations

import re

from crmsheet.core.cells import Formula
from crmsheet.core.folding import fold

TOTALS_ZH = frozenset(
    {"合计", "总计", "小计", "共计", "累计", "总和", "汇总", "本页小计", "本页合计", "合计金额", "总合计", "本月合计"}
)
TOTALS_EN = frozenset({"total", "totals", "grandtotal", "subtotal", "subtotals", "sum", "overalltotal"})
TOTALS = TOTALS_ZH | TOTALS_EN
TOTAL_ENDS = ("合计", "总计", "小计", "合计:", "合计：", "小计:", "小计：", " Total", " total", " Subtotal", " TOTAL")
"""How a cell ends that sums up a group: 华东区小计, Acme Total."""

_MARKS = frozenset("计总共汇")
_BEGINNINGS = frozenset({"tot", "sum", "sub", "gra", "ove"})
_SECOND = TOTALS_ZH | {"subtotal", "subtotals", "grandtotal"}
SECOND_WORDS = TOTALS_ZH | {"Subtotal", "Grand Total"}
"""Words for a total that may stand in the second column, as written."""

_GRAND = frozenset({"总计", "合计", "总合计", "共计", "grandtotal", "overalltotal", "total", "totals"})
_FIRMS = frozenset({"total", "totals", "sum"})
_COUNTED = re.compile(r"\s*(?:合计|总计|共计|小计|共|total)\s*[:：]?\s*[\d,.]+\s*\S{0,4}\s*", re.IGNORECASE)
_AMOUNT = re.compile(r"[(+-]?\s*(?:[¥￥$€£]|RMB|USD)?\s*-?(?:\d{1,3}(?:[,，]\d{3})+|\d{1,9})(?:\.\d+)?\s*[)%元万]?")
_SIGNED = re.compile(
    r"\s*(?:制表|审核|填表|复核|经办|经手|编制|审批|主管|签字|签名|盖章|负责人签|制单|核对|日期|打印日期|制表日期|填报"
    r"|prepared|approved|checked|reviewed|signed|signature|compiled|authori[sz]ed|date)"
    r"(?:人|者|时间|日期|单位)?(?:签字|签名)?\s*(?:by)?\s*(?:[:：_(（]|$)",
    re.IGNORECASE,
)
_NOTED = re.compile(
    r"\s*(?:[*※(（【\[]*\s*(?:备注|注|说明|附注|提示|注意|注意事项|填写说明|notes?|remarks?|n\.?b\.?|disclaimer|source|数据来源|来源)"
    r"\s*\d?\s*[:：.、)）】\]]|以上|本表|※|copyright|©|confidential)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[，。；！？;!?]|[.:：] ?$|[a-z]{2}[.,] [A-Za-z]|:\s|：")
_PROSE = re.compile(r"[，。；！？]|\S+(?:\s+\S+){4,}[.!?]\s*$|.{41}", re.DOTALL)
_FIRM = re.compile(
    r"公司|厂|店|集团|中心|医院|学校|银行|\b(?:ltd|inc|llc|gmbh|corp|co|limited|company|group|plc)\b", re.IGNORECASE
)
_SAYING = re.compile(r"[，。；！？;!?]|[.:：] ?$|:\s|：")
_INSTRUCTING = re.compile(r"说明|注意|须知|填写|要求|instruction|how to|please|read me|note", re.IGNORECASE)
_PART = re.compile(
    r"\s*(?:part|table|section|sheet)\s+\w+\b|第.{1,3}[部章节]|附(?:件|表|录)?\d*\s*[:：]|appendix\b|[一二三四五六七八九十]+、",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"[(（\[【]?\s*(?:单位\s*[:：]?\s*)?(?:[百千万亿]*元(?:/\S{1,3})?|人民币|美元|个|次|人|家|天|台|件|吨|公斤|千克|月|年|岁|分|秒|小时"
    r"|%|％|㎡|平方米"
    r"|usd|eur|gbp|cny|rmb|hkd|jpy|\$|€|£|¥|kg|g|t|pcs|units?|days?|hours?|times|years?|months?|persons?|people|k|thousands?|millions?"
    r"|[y年]{1,4}[-/.年]?[m月]{1,2}[-/.月]?[d日]{0,2}|年[-/.]月(?:[-/.]日)?|(?:dd?[-/.]mm?|mm?[-/.]dd?)[-/.]y{2,4})"
    r"\s*[)）\]】]?",
    re.IGNORECASE,
)
_OBLIGED = re.compile(
    r"[(（\[【*]?\s*(?:必填|选填|非必填|可选|可填|必须|不填|自动|系统生成|下拉选择|文本|数字|日期|required|optional|mandatory|text|number|date)"
    r"\s*[)）\]】*]?",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"\s*(?:[(（\[【<]\s*(?:示例|样例|范例|例|例如|example|sample|e\.?g\.?)\s*\S{0,4}[)）\]】>]|示例|样例|范例|例如|(?:例|如|比如)\s*[:：]"
    r"|(?:for )?example(?: row)?\s*(?:[:：]|$)|sample(?: row)?\s*(?:[:：]|$)|e\.g\.)",
    re.IGNORECASE,
)
_LONG = 40


def may_be_total(text: str) -> bool:
    """Whether a text is worth asking whether it is a word for a total; cheap, for it is asked of every row."""
    return (
        text[:3].lower() in _BEGINNINGS
        or (len(text) <= _LONG and not text.isascii() and not _MARKS.isdisjoint(text))
        or text.endswith(TOTAL_ENDS)
    )


def is_total(cells: list[object]) -> bool:
    """Whether the first of a row's filled cells says total and all others are figures; a firm so called has a phone."""
    if len(cells) > 1 and isinstance(cells[1], str) and fold(cells[1]) in _SECOND:
        # 王芳 | 小计: the group that is summed up stands before the word.
        return all(is_figure(each) for each in cells[2:])
    word = cells[0]
    if not isinstance(word, str):
        return False
    text = word.strip()
    if _COUNTED.fullmatch(text):
        return all(is_figure(each) for each in cells[1:])
    said = fold(text)
    if said not in TOTALS and not text.endswith(TOTAL_ENDS):
        return False
    return (len(cells) > 1 or said in TOTALS_ZH) and all(is_figure(each) for each in cells[1:])


def is_grand_total(cell: object) -> bool:
    """Whether a cell says that everything above is summed up: nothing should follow."""
    return isinstance(cell, str) and fold(cell) in _GRAND


def may_be_a_firm(cell: object) -> bool:
    """Whether the word for a total is a firm's name too."""
    return isinstance(cell, str) and fold(cell) in _FIRMS


def is_figure(cell: object) -> bool:
    """Whether a cell may stand in a row of totals: a number, a formula, an amount as text, the word again."""
    if isinstance(cell, str):
        text = cell.strip()
        return fold(text) in TOTALS or _AMOUNT.fullmatch(text) is not None or not any(map(str.isalnum, text))
    return isinstance(cell, int | float | Formula) and not isinstance(cell, bool)


def is_signature(cells: list[object]) -> bool:
    """Whether all that a row says is who made it and when."""
    texts = [each for each in cells if isinstance(each, str)]
    return bool(texts) and _SIGNED.match(texts[0]) is not None


def is_remark(cells: list[object]) -> bool:
    """Whether a row begins as remarks do."""
    return isinstance(cells[0], str) and _NOTED.match(cells[0]) is not None


def is_sentence(text: str) -> bool:
    """Whether a text is more than a name or a label."""
    return len(text) > _LONG or _SENTENCE.search(text.strip()) is not None


def is_prose(text: str) -> bool:
    """Whether a text among records is a remark rather than a name; firms have commas and full stops too."""
    return _PROSE.search(text) is not None and not is_firm(text)


def is_firm(text: str) -> bool:
    """Whether a text bears the mark of a firm's name."""
    return _FIRM.search(text) is not None


def is_instruction(text: str) -> bool:
    """Whether a line above a header instructs rather than titles."""
    if len(text) <= _LONG and _PART.match(text):
        return False
    return len(text) > _LONG or _SAYING.search(text) is not None or _INSTRUCTING.search(text) is not None


def are_units(texts: list[str]) -> bool:
    """Whether all texts are units or forms of dates."""
    return all(_UNIT.fullmatch(each) for each in texts)


def are_obligations(texts: list[str]) -> bool:
    """Whether all texts say what must be filled in, or with what kind of value."""
    return all(_OBLIGED.fullmatch(each) for each in texts)


def is_example(text: str) -> bool:
    """Whether a row beginning so is an example left in a template."""
    return _EXAMPLE.match(text) is not None
