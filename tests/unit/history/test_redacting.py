"""Redaction: no byte of a value is left anywhere, the chain stays whole, and all else comes back."""

import io
import json
import re
import shutil
import zipfile
import zlib
from itertools import pairwise
from unittest.mock import patch

import pytest
import zstandard

from crmsheet.book.spellings import Spellings
from crmsheet.disk import steps
from crmsheet.history.draft import Deed
from crmsheet.history.gone import REDACTED, Record
from crmsheet.history.redacting import plan_redaction, redact
from crmsheet.history.retention import Retention
from crmsheet.history.searching import Sought, search
from crmsheet.history.shelf import read_shelf
from crmsheet.history.stock import Stock, entries_of
from crmsheet.history.store import History
from crmsheet.history.verifying import DAMAGE, NOTE
from tests.unit.history.made import AT, FRAMING, found, sha256, sheet, state, write

SECRET, PHONE = "欧阳某某", "13912345678"
RECORD = Record(REDACTED, "李雷", "2026-11-28T10:00:00+08:00", "PIPL 47")
ROWS = [f"客户{n}" for n in range(800)]


def with_secret(at, phone=PHONE):
    return sheet([*ROWS[:at], f"{SECRET} {phone}", *ROWS[at + 1 :]])


def sought(*values):
    spellings = Spellings(values)
    return Sought(spellings.masked, spellings.longest)


def carried_out(history, *values):
    plan = history.plan_redaction(sought(*values))
    history.redact(plan, RECORD)
    return plan


def filled(history):
    """A clean book, the value put in, moved, changed beside it, and taken out again."""
    books = [
        sheet(ROWS),
        with_secret(700),
        with_secret(701),
        with_secret(701, "139 1234 5678"),
        sheet([*ROWS[:5], "改", *ROWS[6:]]),
    ]
    history.record(state(books[0]), found())
    for number, (old, new) in enumerate(pairwise(books)):
        told = json.dumps({"base": sha256(old), "after": f"{SECRET} {PHONE} {number}"}).encode()
        write(history, old, new, changes=told)
    return books


def every_byte(folder):
    """All that is in a folder, as it lies there and unpacked: sections, pieces, members of workbooks."""
    for path in (each for each in folder.rglob("*") if each.is_file()):
        content = path.read_bytes()
        yield content
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from (archive.read(name) for name in archive.namelist())
    shelf = read_shelf(folder)
    stock = Stock((*shelf.holders, *shelf.intents))
    for holder in (*shelf.holders, *shelf.intents):
        for entry in entries_of(holder):
            content = stock.content(entry.id, folder)
            yield content
            for engine in (zlib.decompressobj(-15), zlib.decompressobj()):
                try:
                    yield engine.decompress(content)
                except zlib.error:
                    continue
        for tag in holder.sections:
            content = holder.section(tag)
            yield content
            try:
                yield zstandard.ZstdDecompressor().decompress(content, max_output_size=1 << 26)
            except zstandard.ZstdError:
                continue


def spelt(value):
    spellings = {value.encode(each) for each in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")}
    return spellings | {json.dumps(value)[1:-1].encode(), value.encode("ascii", "xmlcharrefreplace")}


def stands(folder, *values):
    wanted = [each for value in values for each in spelt(value)]
    return [each for each in wanted for content in every_byte(folder) if each in content]


def test_no_byte_of_a_value_is_left_and_the_rest_comes_back(history):
    books = filled(history)
    versions = history.versions()
    assert stands(history.folder, SECRET, PHONE, "139 1234 5678")
    plan = carried_out(history, SECRET, PHONE)
    assert {each.id for each in plan.versions} == {each.id for each in versions[1:]}  # the last one by its change set
    assert stands(history.folder, SECRET, PHONE, "139 1234 5678") == []
    digests = [sha256(each) for each in books[1:4]]
    assert stands(history.folder, *digests) == []
    assert [each.id for each in history.versions()] == [each.id for each in versions]
    assert history.restore(versions[0].id).files == {"": books[0]}
    assert history.restore(versions[4].id).files == {"": books[4]}
    for version, place in ((versions[1], 700), (versions[2], 701), (versions[3], 701)):
        restored = history.restore(version.id)
        assert not restored.exact
        with zipfile.ZipFile(io.BytesIO(restored.files[""])) as archive:
            texts = re.findall("<t>(.*?)</t>", archive.read("xl/worksheets/sheet1.xml").decode())
        assert [*texts[:place], *texts[place + 1 :]] == [*ROWS[:place], *ROWS[place + 1 :]]
        assert re.fullmatch(r"\*+ [0 ]+", texts[place])
        assert json.loads(history.changes(version.id))["after"][-1] in "012"


def test_verify_passes_and_tells_who_when_and_why(history):
    filled(history)
    carried_out(history, SECRET, PHONE)
    seen = history.verify(whole=True)
    assert {each.kind for each in seen} == {NOTE}
    facts = seen[0].text.arguments
    assert (facts["by"], facts["why"]) == ("李雷", "PIPL 47")
    assert [each.gone for each in history.versions()] == ["", *["redacted"] * 4]


def test_the_head_that_only_named_the_digest_of_a_redacted_book_is_known_still(history):
    books = filled(history)
    carried_out(history, SECRET, PHONE)
    assert history.head().sha256 == sha256(books[-1])
    following = write(history, books[-1], sheet(["neu"]))
    assert following.parent == history.versions()[-2].id
    assert [each.kind for each in history.verify() if each.kind != NOTE] == []


def test_a_version_keeps_its_digest_though_a_pruned_one_had_the_same_bytes(history):
    """The digests of pruned versions go, for nobody can see what they held; but not where a version shows it."""
    clean, spoilt, last = sheet(ROWS), with_secret(700), sheet([*ROWS[:5], "改", *ROWS[6:]])
    first = history.record(state(clean), found())
    held = write(history, clean, spoilt)
    again = write(history, spoilt, clean)
    write(history, clean, last)
    for name, version in (("a", held), ("b", again)):
        history.tag(name, version.id, "李雷", AT)
    plan, record = history.plan_pruning("2027-03-02T09:00:00+08:00", "李雷", Retention(1, 0, 0), sha256(last))
    history.prune(plan, record)
    assert [each.id for each in history.versions() if each.gone] == [first.id]
    carried_out(history, SECRET, PHONE)
    assert history.restore(again.id).exact
    assert history.restore(again.id).files == {"": clean}


def test_it_finds_nothing_a_second_time(history):
    filled(history)
    carried_out(history, SECRET, PHONE)
    plan = history.plan_redaction(sought(SECRET, PHONE))
    assert (plan.holders, plan.versions) == ((), ())


def test_a_value_over_the_border_of_two_pieces(history):
    content = b"x" * (1 << 18)
    content = content[:-5] + f"{PHONE}{SECRET}".encode() + content
    version = history.record(state(content), found())
    carried_out(history, SECRET, PHONE)
    restored = history.restore(version.id).files[""]
    assert len(restored) == len(content)
    assert stands(history.folder, SECRET, PHONE) == []
    assert PHONE.encode() not in restored
    assert restored.count(b"x") == content.count(b"x")


def test_a_member_whose_compressed_bytes_had_to_be_kept(history):
    engine = zlib.compressobj(6, zlib.DEFLATED, -15, 8, zlib.Z_FILTERED)
    book = bytearray(with_secret(3))
    with zipfile.ZipFile(io.BytesIO(bytes(book))) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
        plain = archive.read(info)
    foreign = engine.compress(plain) + engine.flush()
    start = bytes(book).index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml")
    whole = bytes(book[:start]) + foreign + bytes(book[start + info.compress_size :])
    parts = FRAMING.split("", bytes(book))
    frames = [bytes(each.stored) for each in parts]
    at = next(n for n, each in enumerate(parts) if each.name.endswith("sheet1.xml"))
    assert whole.startswith(b"".join(frames[:at])[: start - 1])

    def foreign_split(_name, content):
        kept = [(each.kind, each.name, each.stored) for each in parts]
        kept[at] = (*kept[at][:2], foreign)
        return [type(parts[0])(*each) for each in kept]

    framing = type(FRAMING)(foreign_split, FRAMING.expand, FRAMING.shrink, FRAMING.rebuild, FRAMING.cut)
    odd = History(history.folder, framing)
    version = odd.record(state(b"".join([*frames[:at], foreign, *frames[at + 1 :]])), found())
    assert any(foreign[:40] in each for each in every_byte(history.folder))
    plan = odd.plan_redaction(sought(SECRET))
    odd.redact(plan, RECORD)
    assert stands(history.folder, SECRET) == []
    assert not any(foreign[:40] in each for each in every_byte(history.folder))
    with zipfile.ZipFile(io.BytesIO(history.restore(version.id).files[""])) as archive:
        assert archive.testzip() is None


def test_a_workbook_within_a_workbook(history):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/embeddings/a.xlsx", with_secret(3))
        archive.writestr("xl/worksheets/sheet1.xml", "<row><v>1</v></row>")
    version = history.record(state(made.getvalue()), found())
    carried_out(history, SECRET)
    restored = history.restore(version.id).files[""]
    with zipfile.ZipFile(io.BytesIO(restored)) as archive:
        assert archive.read("xl/embeddings/a.xlsx") == b""
        assert archive.read("xl/worksheets/sheet1.xml") == b"<row><v>1</v></row>"


def test_an_intent_and_kept_pieces_are_redacted_too(history):
    books = filled(history)
    intent = history.intend(state(books[-1]), state(with_secret(9)), Deed("", "2026-11-01", "set"))
    carried_out(history, SECRET, PHONE)
    assert stands(history.folder, SECRET, PHONE) == []
    assert [each.id for each in history.pending()] == [intent.version.id]


class Killed(BaseException):
    """The process was killed."""


def killed_at(step):
    """Ends the process at the nth file that gets its name."""
    left = [step]
    real = steps.replace

    def guarded(old, new):
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        return real(old, new)

    return patch.object(steps, "replace", guarded), left


def test_a_kill_at_any_step_loses_nothing_and_the_next_run_ends_it(history, tmp_path):
    books = filled(history)
    versions = history.versions()
    for step in range(50):
        copy = History(tmp_path / f"copy{step}" / "客户.xlsx", FRAMING)
        shutil.copytree(history.folder, copy.folder)
        guard, left = killed_at(step)
        try:
            with guard:
                carried_out(copy, SECRET, PHONE)
        except Killed:
            pass
        assert [each for each in copy.verify() if each.kind == DAMAGE] == []
        assert copy.restore(versions[0].id).files == {"": books[0]}
        assert copy.restore(versions[4].id).files == {"": books[4]}
        if left[0] > 0:
            break
        carried_out(copy, SECRET, PHONE)
        assert stands(copy.folder, SECRET, PHONE, *(sha256(each) for each in books[1:4])) == []
        assert [each for each in copy.verify(whole=True) if each.kind == DAMAGE] == []
    else:
        pytest.fail("the redaction never came to its end")
    assert step > 3


def test_what_stands_in_the_words_of_a_version_is_told(history):
    history.record(state(b"1\n"), Deed(SECRET, "2026-01-01", "", origin="found"))
    plan = plan_redaction(shelf := read_shelf(history.folder), search(shelf, FRAMING, sought(SECRET)), sought(SECRET))
    assert [each.author for each in plan.told] == [SECRET]
    assert plan.holders == ()
    redact(shelf, plan, RECORD)


def test_a_value_that_comes_back_through_another_computer_is_damage(history, tmp_path):
    filled(history)
    before = tmp_path / "before"
    shutil.copytree(history.folder, before)
    carried_out(history, SECRET, PHONE)
    name = sorted(each.name for each in before.glob("*.pack"))[3]
    shutil.copy(before / name, history.folder / name)
    assert stands(history.folder, SECRET, PHONE)
    carried_out(history, SECRET, PHONE)
    assert stands(history.folder, SECRET, PHONE) == []
    assert [each for each in history.verify() if each.kind == DAMAGE] == []
