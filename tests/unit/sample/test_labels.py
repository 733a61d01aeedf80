"""The headers and choices of made-up books are those of the shipped schemas."""

from pathlib import Path

import pytest
import yaml

from crmsheet.sample import labels
from crmsheet.sample.chinese import CHINESE
from crmsheet.sample.english import ENGLISH
from crmsheet.sample.workbook import _LISTS

SCHEMAS = Path(__file__).parents[3] / "schemas"
FOREIGN = {"booth", "credit_band"}


def schema(table):
    """Field name -> its YAML, with what it is like filled in."""
    common = yaml.safe_load((SCHEMAS / "common.yaml").read_text(encoding="utf-8"))
    fields = yaml.safe_load((SCHEMAS / f"{table}.yaml").read_text(encoding="utf-8"))["fields"]
    shared = {**common["shared"], **common["fields"]}
    own = {name: {**shared.get(each.get("like", ""), {}), **each} for name, each in fields.items()}
    return {**common["fields"], **own}


@pytest.mark.parametrize("table", sorted(labels.FIELDS))
def test_headers_are_labels_or_aliases(table):
    fields = schema(table)
    shown = set(labels.FIELDS[table]) | set(labels.PEER.get(table, ()))
    shown |= set(labels.ONE_SHEET) if table == "customers" else set()
    for name in sorted(shown - FOREIGN - {"tier"}):
        for lang in ("zh", "en"):
            header = labels.header(table, name, lang)
            if lang == "en" and name in {"uscc", "wechat"}:
                continue  # not shown in English books
            known = {fields[name]["labels"][lang], *fields[name].get("aliases", ())}
            assert header in known, (table, name, lang)


@pytest.mark.parametrize("language", [CHINESE, ENGLISH], ids=lambda each: each.code)
@pytest.mark.parametrize("table", sorted(labels.FIELDS))
def test_words_of_choices_are_known(table, language):
    fields = schema(table)
    for name in labels.FIELDS[table]:
        choices = fields.get(name, {}).get("choices")
        listed = _LISTS.get(f"{table}.{name}") or _LISTS.get(name) or {"role": "staff_role"}.get(name)
        if not choices or not listed:
            continue
        known = {choice[language.code] for choice in choices}
        known |= {alias for choice in choices for alias in choice.get("aliases", ())}
        assert set(language.choices[listed]) <= known, (table, name)


def test_the_peer_book_has_the_columns_of_the_night_script():
    customers = [labels.header("customers", name, "zh", "peer") for name in labels.PEER["customers"]]
    assert len(customers) == 20
    assert {"客户编号", "客户名称", "手机", "邮箱", "客户等级"} <= set(customers)
    assert {"客户编号", "金额"} <= {
        labels.header("transactions", each, "zh", "peer") for each in labels.PEER["transactions"]
    }
    assert {"客户编号", "时间"} <= {
        labels.header("interactions", each, "zh", "peer") for each in labels.PEER["interactions"]
    }
    assert labels.PEER_SHEETS["interactions"] == "沟通记录"
