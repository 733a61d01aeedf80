"""The tables of a made-up book: their columns in order, and the headers of both languages (as in `schemas/`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SHEETS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "customers": ("客户", "Customers"),
        "contacts": ("联系人", "Contacts"),
        "transactions": ("交易记录", "Transactions"),
        "interactions": ("跟进记录", "Interactions"),
        "opportunities": ("商机", "Opportunities"),
        "staff": ("人员", "Staff"),
    }
)

# One row per field: name, Chinese, English. Those that no schema knows (booth, credit_band) are meant to be foreign.
_WORDS = """
customer_id 客户编号 Customer ID
name 客户名称 Customer name
kind 客户类型 Customer type
relation 客户关系 Relationship
industry 行业 Industry
source 客户来源 Source
owner 负责人 Owner
stage 生命周期阶段 Lifecycle stage
level 客户级别 Customer level
tags 标签 Tags
contact_name 联系人 Contact
contact_title 联系人职务 Contact title
mobile 手机 Mobile
phone 电话 Phone
email 邮箱 Email
wechat 微信 WeChat
province 省份 State
city 城市 City
address 地址 Address
uscc 统一社会信用代码 Unified social credit code
credit_limit 信用额度 Credit limit
total_amount 累计成交金额 Total sales
deal_count 成交次数 Number of deals
last_deal_at 最近成交日期 Last deal date
created_at 创建时间 Created at
last_contact_at 最后跟进时间 Last contact
next_contact_at 下次跟进时间 Next contact
notes 备注 Notes
booth 展会摊位 Booth
credit_band 授信档 Credit band
tier 客户等级 Tier
contact_id 联系人编号 Contact ID
contacts.name 姓名 Name
title 职务 Job title
decision_role 决策角色 Decision role
is_primary 首要联系人 Primary contact
transaction_id 交易编号 Transaction ID
date 交易日期 Date
transactions.kind 交易类型 Type
product 产品 Product
quantity 数量 Quantity
unit 单位 Unit
unit_price 单价 Unit price
amount 金额 Amount
interaction_id 跟进编号 Interaction ID
at 跟进时间 Date
channel 跟进方式 Channel
summary 跟进内容 Summary
outcome 跟进结果 Outcome
next_step 下一步计划 Next step
opportunity_id 商机编号 Opportunity ID
opportunities.name 商机名称 Opportunity name
opportunities.amount 商机金额 Amount
opportunities.stage 商机阶段 Stage
probability 成交概率 Probability
expected_close 预计成交日期 Expected close
staff_id 工号 Staff ID
staff.name 姓名 Name
role 角色 Role
active 在职 Active
"""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customers": _names(
            "customer_id name kind relation industry source owner stage level contact_name contact_title mobile "
            "phone email wechat province city address uscc credit_limit credit_band tags created_at "
            "last_contact_at next_contact_at booth notes"
        ),
        "contacts": _names("contact_id customer_id name title decision_role mobile email is_primary"),
        "transactions": _names(
            "transaction_id customer_id date kind product quantity unit unit_price amount owner notes"
        ),
        "interactions": _names("interaction_id customer_id at channel owner summary outcome next_step next_contact_at"),
        "opportunities": _names("opportunity_id customer_id name amount stage probability expected_close owner"),
        "staff": _names("staff_id name role email mobile active"),
    }
)

ONE_SHEET = _names(
    "name kind industry owner level contact_name mobile phone email city address total_amount deal_count "
    "last_deal_at next_contact_at notes"
)

# The sheets and headers that the skilled user's night script of `benchmarks/` reads: exactly 20 columns of customers.
PEER_SHEETS: Mapping[str, str] = MappingProxyType({"interactions": "沟通记录"})
PEER_HEADERS: Mapping[str, str] = MappingProxyType({"at": "时间", "summary": "内容", "next_step": "下一步"})
PEER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customers": _names(
            "customer_id name kind industry source owner stage tier contact_name mobile phone email wechat "
            "province city address tags created_at next_contact_at notes"
        ),
        "transactions": _names("transaction_id customer_id date kind product quantity unit_price amount owner"),
        "interactions": _names("interaction_id customer_id at channel owner summary next_step next_contact_at"),
    }
)


def _headers() -> dict[str, tuple[str, str]]:
    found = {}
    for line in _WORDS.strip().splitlines():
        name, chinese, english = line.split(" ", 2)
        found[name] = (chinese, english)
    return found


_HEADERS: Mapping[str, tuple[str, str]] = MappingProxyType(_headers())


def header(table: str, field: str, lang: str, layout: str = "standard") -> str:
    """The header of a field: the table's own word where it has one (`contacts.name`), else the common one."""
    if layout == "peer" and lang == "zh" and field in PEER_HEADERS:
        return PEER_HEADERS[field]
    words = _HEADERS.get(f"{table}.{field}") or _HEADERS[field]
    return words[lang == "en"]


def sheet_name(table: str, lang: str) -> str:
    """The name of a table's sheet."""
    return SHEETS[table][lang == "en"]
