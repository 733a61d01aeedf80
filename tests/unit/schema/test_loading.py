"""The shipped schema is whole, folders lie over each other, and typos are told with line and advice."""

from __future__ import annotations

import itertools
import re
import shutil
from pathlib import Path

import pytest

from crmsheet.core.errors import SchemaError
from crmsheet.core.messages import Speech
from crmsheet.core.schema import KINDS
from crmsheet.schema import load
from tests.unit.schema.made import SCHEMA, SHIPPED

ENGLISH = Speech("en", str)
TABLES = (
    "actions",
    "addresses",
    "behaviour",
    "billing",
    "campaign_members",
    "campaigns",
    "competitors",
    "consents",
    "contacts",
    "contracts",
    "customers",
    "documents",
    "feedback",
    "interactions",
    "invoices",
    "leads",
    "needs",
    "opportunities",
    "payments",
    "pool_moves",
    "solutions",
    "staff",
    "surveys",
    "tickets",
    "training",
    "transactions",
)
GOOD = """\
table: pets
labels: {zh: 宠物, en: Pets}
key: pet_id
fields:
  pet_id:
    labels: {zh: 编号, en: Pet ID}
    kind: key
  name:
    labels: {zh: 名字, en: Name}
    required: true
"""
CHOICES = "kind: choice\n    choices:\n"


def written(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def refused(folder, text, name="pets"):
    with pytest.raises(SchemaError) as caught:
        load(written(folder, **{name: text}))
    facts = caught.value.facts
    assert facts["path"] == folder / f"{name}.yaml"
    return facts["line"], ENGLISH.say(facts["problem"]), ENGLISH.say(facts["advice"])


def test_every_table_of_the_book_is_shipped():
    assert sorted(SCHEMA.tables) == sorted(TABLES)
    assert SCHEMA.version


@pytest.mark.parametrize("name", TABLES)
def test_a_shipped_table_is_whole(name):
    table = SCHEMA.tables[name]
    assert table[table.key].kind == "key"
    assert table[table.key].unique
    assert all(each in table for each in ("created_at", "updated_at", "record_status", "notes"))
    for field in table.fields:
        assert field.kind in KINDS
        assert re.search("[㐀-鿿]", field.labels["zh"]) or field.labels["zh"].isascii()
        assert field.labels["en"].isascii()
        assert bool(field.choices) <= (field.kind in ("choice", "choices"))
        assert field.kind != "choice" or field.choices, f"{field.name} offers nothing to choose from"
        assert bool(field.references) == (field.kind == "reference")


@pytest.mark.parametrize("name", TABLES)
def test_a_word_means_one_choice(name):
    for field in SCHEMA.tables[name].fields:
        words = [
            {word.casefold() for word in (choice.code, *choice.labels.values(), *choice.aliases)}
            for choice in field.choices
        ]
        for one, other in itertools.combinations(words, 2):
            assert not one & other, field.name


def test_derived_fields_are_those_of_the_book():
    derived = {f.name for f in SCHEMA.tables["customers"].fields if f.derived}
    assert derived == {
        "updated_at", "record_status", "tier", "tier_reason", "recycle_at", "last_contact_at", "suggested_next_at",
        "merged_into",
    }  # fmt: skip


def test_what_is_sensitive_is_marked():
    customers = SCHEMA.tables["customers"]
    marks = {field.name: field.sensitivity for field in customers.fields if field.sensitivity}
    assert {name for name, mark in marks.items() if mark == "sensitive"} == {"id_number", "card_last4", "income"}
    assert marks["credit_limit"] == "confidential"
    assert {marks[name] for name in ("contact_name", "mobile", "phone", "email", "wechat", "address", "birthday")} == {
        "personal"
    }


def test_a_later_folder_adds_fields_and_aliases_and_replaces_the_rest(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "shipped")
    own = written(
        tmp_path / "own",
        customers="table: customers\naliases: [车主]\nfields:\n  name: {aliases: [车主姓名]}\n"
        "  plate: {labels: {zh: 车牌, en: Plate}, required: true}\n  potential: {survivorship: max}\n",
        pets=GOOD,
    )
    both = load(tmp_path / "shipped", own)
    customers = both.tables["customers"]
    assert customers["name"].aliases[0] == "车主姓名"
    assert set(SCHEMA.tables["customers"]["name"].aliases) < set(customers["name"].aliases)
    assert (customers["plate"].required, customers.aliases[0]) == (True, "车主")
    assert customers["potential"].survivorship == "max"
    assert customers["potential"].choices == SCHEMA.tables["customers"]["potential"].choices
    assert customers.labels == SCHEMA.tables["customers"].labels
    assert set(both.tables) == {*TABLES, "pets"}
    assert "notes" in both.tables["pets"]


@pytest.mark.parametrize(
    ("old", "new", "line", "problem", "advice"),
    [
        ("required: true", "requird: true", 10, "`requird` is not known here", "Did you mean required? Known: "),
        ("kind: key", "kind: kye", 7, "`kye` is not known here", "Did you mean key? Known: bool, choice, "),
        ("kind: key", "kind: zzz", 7, "`zzz` is not known here", "Known: bool, choice, "),
        ("labels: {zh: 名字, en: Name}", "labels: {zh: 名字}", 9,
         "the label in the language en is missing", "Add `en: ...`."),
        ("labels: {zh: 名字, en: Name}", "kind: text", 8, "the labels are missing", "Add `labels: {zh: ..., en: "),
        ("en: Name}", "en: Pet ID}", 8, "the fields pet_id and name have the same label Pet ID", "Give one of them"),
        ("required: true", "required: yes", 10, "`yes` is neither true nor false", "Write true or false."),
        ("required: true", "kind: reference\n    references: pet", 11,
         "the reference points to `pet`, which is no table", "Did you mean"),
        ("required: true", "like: mobil", 10, "there is no shared definition `mobil` in common.yaml", "Known: ."),
        ("required: true", "kind: text\n    kind: text", 11, "`kind` stands here twice", "Keep one of the two."),
        ("required: true", "sensitivity: privat", 10, "`privat` is not known here", "Known: confidential, "),
        ("required: true", "checks: {in_rang: {}}", 10, "there is no check `in_rang`", "Did you mean in_range?"),
        ("required: true", "checks: {in_range: {min_value: 1}}", 10, "the check `in_range` lacks max_value", "Add it"),
        ("required: true", "checks: {str_matches: {pattern: '('}}", 10, "this is no regular expression: ", "Correct"),
        ("required: true", CHOICES + "    - {zh: 狗, en: Dog}", 12, "a choice has no code", "Add `code: ...`"),
        ("required: true", CHOICES + "    - {code: dog, zh: 狗}", 12, "the label in the language en is missing", "Add"),
        ("required: true", CHOICES + "    - {code: a, zh: 一, en: A}\n    - {code: a, zh: 二, en: B}", 13,
         "`a` cannot be the code of a choice: it is empty, doubled or contains |", "Give every choice its own code."),
        ("required: true", "aliases: 名", 10, "a list is expected here", "Write it as [one, two]"),
        ("required: true", "required: [true]", 10, "one value is expected here", "Write the value on the same line."),
        ("kind: key", "kind: text", 5, "the key pet_id is of the kind text", "Write `kind: key`."),
        ("required: true", "kind: choice", 8, "name offers nothing to choose from", "Add `choices: [...]`."),
        ("required: true", "choices: [{code: a, zh: 一, en: A}]", 8, "name has choices and is of the kind text",
         "Write `kind: choice`"),
        ("required: true", "kind: reference", 8, "`kind: reference` and `references: <table>` belong together; name",
         "Add"),
        ("required: true", "references: pets", 8, "`kind: reference` and `references: <table>` belong together; name",
         "Add"),
        ("table: pets", "table: pets\nreplace: true", 1, "there is no table `pets` to replace", "Known: ."),
        ("table: pets", "table: pets\nreplace: yes", 2, "`yes` is neither true nor false", "Write true or false."),
        ("key: pet_id", "key: petid", 3, "the key `petid` is no field of this table", "Did you mean pet_id?"),
        ("key: pet_id\n", "", 1, "the table pets has no key", "Add `key: <field>`."),
        ("table: pets\n", "", 1, "the file does not say which table it describes", "Begin it with `table: <name>`."),
        ("table: pets", "table: 宠物", 1, "`宠物` cannot be a name", "Use small Latin letters"),
        ("  name:", "  Name:", 8, "`Name` cannot be a name", "Use small Latin letters"),
        ("fields:", "feilds:", 4, "`feilds` is not known here", "Did you mean fields?"),
        ("kind: key", "kind: [key", 8, "this is no valid YAML: ", "Look at brackets"),
    ],
)  # fmt: skip
def test_a_typo_is_told_with_its_line_and_what_was_meant(tmp_path, old, new, line, problem, advice):
    assert old in GOOD
    told = refused(tmp_path / "own", GOOD.replace(old, new, 1))
    assert told[0] == line
    assert told[1].startswith(problem)
    assert told[2].startswith(advice)


def test_a_doubled_key_at_the_top(tmp_path):
    assert refused(tmp_path / "own", GOOD + "key: name\n")[:2] == (11, "`key` stands here twice")


def test_common_definitions_are_checked_too(tmp_path):
    own = written(tmp_path / "own", pets=GOOD)
    line, problem, _ = refused(own, "fields:\n  made_at:\n    labels: {zh: 时间, en: Made}\n    kind: dat\n", "common")
    assert (line, problem) == (4, "`dat` is not known here")


def test_an_empty_file_and_an_empty_folder(tmp_path):
    assert refused(tmp_path / "own", "# nothing\n")[1] == "the file is empty"
    (tmp_path / "bare").mkdir()
    with pytest.raises(SchemaError) as caught:
        load(tmp_path / "bare")
    assert caught.value.facts["path"] == tmp_path / "bare"


def test_a_file_in_another_encoding(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "pets.yaml").write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(SchemaError) as caught:
        load(folder)
    assert ENGLISH.say(caught.value.facts["problem"]) == "the file is not UTF-8 text"


def test_words_of_yaml_stay_words(tmp_path):
    text = GOOD.replace(
        "required: true", "kind: choice\n    choices:\n    - {code: n, zh: 否, en: No, aliases: [no, off, 0]}"
    )
    choice = load(written(tmp_path / "own", pets=text)).tables["pets"]["name"].choices[0]
    assert (choice.labels["en"], choice.aliases) == ("No", ("no", "off", "0"))


def test_no_schema_file_speaks_of_a_place_on_a_machine():
    assert not any("/home/" in path.read_text("utf-8") for path in Path(SHIPPED).glob("*.yaml"))


def test_a_field_says_what_it_is_computed_from(tmp_path):
    computed = "\n    kind: money\n    required: true\n    computed_from: [name, pet_id]\n"
    schema = load(written(tmp_path / "a", pets=GOOD + "  worth:\n    labels: {zh: 价值, en: Worth}" + computed))
    assert schema.tables["pets"]["worth"].computed_from == ("name", "pet_id")
    wrong = GOOD + "  worth:\n    labels: {zh: 价值, en: Worth}\n    computed_from: [nam]\n"
    line, problem, advice = refused(tmp_path / "b", wrong)
    assert (line, problem) == (13, "`nam` is no field of this table")
    assert advice.startswith("Did you mean name?")


def test_a_table_that_replaces_leaves_nothing_of_the_shipped_one(tmp_path):
    text = GOOD.replace("table: pets", "table: customers\nreplace: true").replace("宠物", "会员卡")
    customers = load(SHIPPED, written(tmp_path / "own", members=text)).tables["customers"]
    assert [each.name for each in customers.fields] == [
        "pet_id", "name", "created_at", "updated_at", "record_status", "notes",
    ]  # fmt: skip
    assert (customers.key, customers.labels["zh"], customers.aliases) == ("pet_id", "会员卡", ())
    assert customers["name"].aliases == ()
    assert customers.files == (str(tmp_path / "own/members.yaml"),)


def test_a_table_to_replace_is_meant_by_its_likeness(tmp_path):
    own = written(tmp_path / "own", members=GOOD.replace("table: pets", "table: custmers\nreplace: true"))
    with pytest.raises(SchemaError) as caught:
        load(SHIPPED, own)
    assert (caught.value.facts["line"], ENGLISH.say(caught.value.facts["problem"])) == (
        1, "there is no table `custmers` to replace",
    )  # fmt: skip
    assert ENGLISH.say(caught.value.facts["advice"]).startswith("Did you mean customers?")


def test_a_reference_to_a_replaced_table_stands(tmp_path):
    text = GOOD.replace("table: pets", "table: customers\nreplace: true")
    schema = load(SHIPPED, written(tmp_path / "own", customers=text))
    assert schema.tables["transactions"]["customer_id"].references == "customers"


def test_every_field_knows_the_files_that_define_it(tmp_path):
    own = written(
        tmp_path / "own",
        customers="table: customers\nfields:\n  name: {aliases: [车主姓名]}\n"
        "  plate: {labels: {zh: 车牌, en: Plate}}\n  notes: {required: true}\n",
    )
    customers = load(SHIPPED, own).tables["customers"]
    mine, shipped, common = map(str, (own / "customers.yaml", SHIPPED / "customers.yaml", SHIPPED / "common.yaml"))
    assert customers["name"].files == (mine, shipped)
    assert customers["plate"].files == (mine,)
    assert customers["mobile"].files == (shipped,)
    assert customers["notes"].files == (mine, common)
    assert customers.files == (mine, shipped)
