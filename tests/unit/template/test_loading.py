"""A typo in a template is named with its line and the word that was probably meant."""

from __future__ import annotations

import shutil

import pytest

from crmsheet.core.errors import SchemaError
from crmsheet.core.messages import Speech
from crmsheet.resources import shipped
from crmsheet.template.loading import load_template, names
from tests.unit.template.made import schema

ENGLISH = Speech("en", str)

WRONG = {
    "unknown key": ("minimal", "goal:", "gaol:", "`gaol` is not known here", "Did you mean goal?"),
    "missing key": ("minimal", "template: minimal\n", "", "nothing about `template`", "Add `template: ...`."),
    "unknown table": ("minimal", "  customers:", "  costumers:", "no table `costumers`", "Did you mean customers?"),
    "unknown field": (
        "minimal",
        "[customer_id, name,",
        "[customer_id, nane,",
        "`nane` is no field",
        "Did you mean name?",
    ),
    "doubled field": (
        "minimal",
        "[customer_id, name,",
        "[customer_id, name, name,",
        "`name` stands here twice",
        "Keep one",
    ),
    "unknown group": (
        "minimal",
        "    contact:",
        "    contacts:",
        "no shared definition `contacts`",
        "Did you mean contact?",
    ),
    "unknown figure": (
        "minimal",
        "due_today,",
        "due_to_day,",
        "no shared definition `due_to_day`",
        "Did you mean due_today?",
    ),
    "unknown chart": (
        "minimal",
        "by_stage,",
        "by_stages,",
        "no shared definition `by_stages`",
        "Did you mean by_stage?",
    ),
    "unknown command": (
        "minimal",
        '"check {book}"',
        '"chek {book}"',
        "no shared definition",
        "Did you mean check {book}?",
    ),
    "figure without table": (
        "minimal",
        "due_today,",
        "pipeline,",
        "pipeline needs the table opportunities",
        "take pipeline out",
    ),
    "chart without column": (
        "minimal",
        "by_tier]",
        "by_coop]",
        "by_coop needs the column customers.coop_status",
        "take by_coop",
    ),
    "one language": ("minimal", "{zh: 看板, en: dashboard}", "{zh: 看板}", "language en is missing", "Add `en: ...`."),
    "third language": (
        "minimal",
        "{zh: 看板, en: dashboard}",
        "{zh: 看板, en: d, fr: t}",
        "`fr` is not known here",
        "Known: en, zh",
    ),
    "role without work": (
        "minimal",
        "    looks: {zh: 看板, en: dashboard}\n",
        "",
        "nothing about `looks`",
        "Add `looks: ...`.",
    ),
    "not standard": (
        "full",
        "  contacts: standard",
        "  contacts: standart",
        "`standart` is not known",
        "Did you mean standard?",
    ),
    "list for nobody": (
        "pharma",
        '"contacts.department"',
        '"contacts.departement"',
        "no field of any table",
        "Did you mean contacts.department?",
    ),
    "no colour": ("common", "colour: 1F3A5F", "colour: blue", "`blue` is no colour", "1F3A5F"),
    "unknown period": (
        "common",
        "{next_contact_at: overdue}",
        "{next_contact_at: overdu}",
        "`overdu` is not known",
        "Did you mean overdue?",
    ),
    "unknown code": (
        "common",
        "where: {stage: [won, retained]}",
        "where: {stage: [won, gone]}",
        "`gone` is not known",
        "Known: converting",
    ),
    "unknown kind of chart": (
        "common",
        "en: Customers by stage}, kind: column",
        "en: Customers by stage}, kind: pie",
        "`pie` is not known",
        "Known: bar",
    ),
    "wrong axis": (
        "common",
        "choice: customers.stage",
        "words: customers.stage",
        "`customers.stage` does not fit this axis",
        "other kind",
    ),
    "no axis": ("common", ", choice: customers.stage", "", "a chart needs one axis", "choice, words, month, due"),
    "no number": (
        "common",
        "count: customers, choice: customers.stage",
        "choice: customers.stage",
        "a number needs one of",
        "count: customers",
    ),
    "no YAML": ("minimal", "tables:", "tables: [", "this is no valid YAML", "brackets"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_slip_is_named(case, tmp_path):
    file, good, bad, problem, advice = WRONG[case]
    folder = tmp_path / "templates"
    shutil.copytree(shipped("templates"), folder)
    path = folder / f"{file}.yaml"
    text = path.read_text("utf-8")
    assert good in text
    path.write_text(text.replace(good, bad, 1), "utf-8")
    with pytest.raises(SchemaError) as caught:
        load_template(folder, "minimal" if file == "common" else file, schema())
    said = str(caught.value)
    assert problem in said
    assert advice in ENGLISH.say(caught.value.facts["advice"])
    assert caught.value.exit_code == 4
    # What a template asks of the shared parts is told where it asks; all else where it stands.
    named = caught.value.facts["path"]
    line = text[: text.index(good)].count("\n") + 1
    assert str(named).endswith(f"{file}.yaml")
    if case not in {"missing key", "role without work", "doubled field", "no YAML"}:
        assert abs(caught.value.facts["line"] - line) <= 1


def test_common_is_no_template():
    assert "common" not in names(shipped("templates"))
