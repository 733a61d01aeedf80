"""docs/history-format.md is enough to write another reader: this one shares no code with crmsheet."""

import hashlib
import hmac
import json
import os
import re
import struct
import zlib
from itertools import pairwise

import pytest
import zstandard

from crmsheet.core.errors import HistoryDamaged
from crmsheet.history.retention import Retention
from tests.unit.history.made import deed, found, sheet, state, write

ENTRY = "<32s32s32s16sBBIIQ"


def sections(path, expected=b"CRMPACK1"):
    content = path.read_bytes()
    magic, version_id, count = struct.unpack_from("<8s32sI", content)
    assert magic == expected
    found = {}
    for number in range(count):
        tag, offset, length = struct.unpack_from("<4sQQ", content, 44 + 20 * number)
        found[tag.decode()] = content[offset : offset + length]
    return version_id.hex(), found


def pieces_of(packs):
    table = {}
    for pack in packs.values():
        for piece, _, base, nonce, encoding, _, length, stored, offset in struct.iter_unpack(ENTRY, pack["TABL"]):
            table[piece] = (pack["BODY"][offset : offset + stored], base, nonce, encoding, length)
    return table


def content_of(table, piece):
    body, base, nonce, encoding, length = table[piece]
    if encoding == 3:
        return content_of(table, base) if any(base) else b""
    if encoding == 1:
        body = zstandard.ZstdDecompressor().decompress(body)
    if encoding == 2:
        ground = zstandard.ZstdCompressionDict(content_of(table, base), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        body = zstandard.ZstdDecompressor(dict_data=ground).decompress(body)
    assert len(body) == length
    assert hmac.digest(nonce, body, "sha256") == piece
    return body


def manifest(packs, version_id):
    first, *lines = zstandard.ZstdDecompressor().decompress(packs[version_id]["MANF"]).decode().splitlines()
    if first == "full":
        return lines
    parent = manifest(packs, first.removeprefix("against "))
    whole = []
    for line in lines:
        if line.startswith("+"):
            whole.append(line[1:])
        else:
            start, count = map(int, line[1:].split())
            whole += parent[start : start + count]
    return whole


def files_of(packs, version_id):
    table, files, frames = pieces_of(packs), {}, {}
    name = kind = recipe = None
    chunks = []

    def close():
        if kind:
            held = b"".join(content_of(table, bytes.fromhex(p)) for w, p in chunks if w == "piece")
            raw = b"".join(content_of(table, bytes.fromhex(p)) for w, p in chunks if w == "stream")
            files[name] += raw or (deflated(held, recipe) if kind == "deflated" else held)

    for line in manifest(packs, version_id):
        word, rest = line.split(" ", 1)
        if word in ("piece", "stream"):
            if kind is None:
                frames[name] = frames.get(name, b"") + content_of(table, bytes.fromhex(rest))
            else:
                chunks.append((word, rest))
            continue
        close()
        kind, chunks = None, []
        if word == "file":
            name = json.loads(rest)
            files[name] = b""
        elif word == "frame":
            files[name], frames[name] = files[name] + frames[name][: int(rest)], frames[name][int(rest) :]
        else:
            kind, recipe = word, re.match(r'"([^"]*)"', rest)[1]
    close()
    return files


def deflated(content, recipe):
    _, level, memory = recipe.split()
    engine = zlib.compressobj(int(level), zlib.DEFLATED, -15, int(memory))
    return engine.compress(content) + engine.flush()


def filled(history):
    rows = [f"客户{n}" for n in range(2000)]
    states = [sheet([f"改{n}"] * n + rows[n:]) for n in range(0, 60, 20)]
    foreign = sheet(rows[:300]).replace(b"xl/styles.xml", b"xl/STYLES.xml")
    states += [b"1,a\n2,b\n" * 5000, foreign, os.urandom(300_000)]
    for old, new in pairwise(states):
        write(history, old, new, changes=b'{"kind":"set"}\n')
    return states


def test_another_reader_gets_every_version_from_the_documented_format(history):
    states = filled(history)
    packs = dict(sections(path) for path in sorted(history.folder.glob("*.pack")))
    versions = history.versions()
    assert [files_of(packs, version.id) for version in versions] == [{"": each} for each in states]
    for version in versions:
        head = json.loads(packs[version.id]["HEAD"])
        pieces = b"".join(content_of(pieces_of(packs), bytes.fromhex(each)) for each in head["changes"])
        assert pieces == history.changes(version.id)


def test_the_chain_is_proved_with_the_key_alone(history):
    filled(history)
    (key_file,) = history.folder.glob("key-*")
    key = key_file.read_bytes()
    assert key_file.name == f"key-{hashlib.sha256(key).hexdigest()[:16]}"
    packs = dict(sections(path) for path in sorted(history.folder.glob("*.pack")))
    seen = set()
    for version in history.versions():
        pack = packs[version.id]
        head = json.loads(pack["HEAD"])
        assert hmac.digest(key, pack["HEAD"], "sha256").hex() == version.id
        lines = "".join(f"{line}\n" for line in manifest(packs, version.id)).encode()
        assert hmac.digest(key, lines, "sha256").hex() == head["manifest"]
        assert hmac.digest(pack["STAT"][:16], pack["STAT"][16:], "sha256").hex() == head["state"]
        assert set(head["parents"]) <= seen
        seen.add(version.id)


def rewritten(path, change):
    """The pack with some sections exchanged, as redaction or pruning will write it."""
    version_id, old = sections(path)
    new = {**old, **change(old)}
    at, lines = 44 + 20 * len(new), []
    for tag, content in new.items():
        lines.append(struct.pack("<4sQQ", tag.encode(), at, len(content)))
        at += len(content)
    head = struct.pack("<8s32sI", b"CRMPACK1", bytes.fromhex(version_id), len(new))
    path.write_bytes(b"".join([head, *lines, *new.values()]))


def destroyed(pack):
    """All pieces of a pack destroyed, and the digests of its files with them."""
    lines = [
        struct.pack(ENTRY, piece, bytes(32), bytes(32), bytes(16), 3, 0, length, 0, 0)
        for piece, _, _, _, _, _, length, _, _ in struct.iter_unpack(ENTRY, pack["TABL"])
    ]
    return {"TABL": b"".join(lines), "BODY": b"", "STAT": b"", "GONE": b"[]"}


def test_destroyed_pieces_leave_the_chain_and_the_other_rows(history):
    rows = [f"客户{n}" for n in range(2000)]
    versions = [history.record(state(sheet(rows)), found())]
    secret = [*rows[:50], "赵某某 13912345678", *rows[51:]]
    versions.append(write(history, sheet(rows), sheet(secret), changes=b'{"after":"13912345678"}\n'))
    versions.append(write(history, sheet(secret), sheet(rows)))
    rewritten(sorted(history.folder.glob("*.pack"))[1], destroyed)
    assert history.damage() == ()
    assert [each.id for each in history.versions()] == [each.id for each in versions]
    assert [each.sha256 == "" for each in history.versions()] == [False, True, False]
    restored = history.restore(versions[1].id)
    assert not restored.exact
    assert restored.notes[0].template.startswith("{name}: values in it were destroyed")
    assert history.changes(versions[1].id) == b""
    for version in (versions[0], versions[2]):
        assert history.restore(version.id).files == {"": sheet(rows)}


def test_sections_and_facts_of_later_versions_are_passed_over(history):
    version = history.record(state(b"1\n"), deed())
    rewritten(next(history.folder.glob("*.pack")), lambda _: {"NEWS": b"whatever"})
    assert history.damage() == ()
    assert history.restore(version.id).files == {"": b"1\n"}


def misleading(pack):
    """Every piece is found by the content of the next one."""
    lines = [list(line) for line in struct.iter_unpack(ENTRY, pack["TABL"])]
    finds = [line[1] for line in lines]
    for line, find in zip(lines, [*finds[1:], finds[0]], strict=True):
        line[1] = find
    return {"TABL": b"".join(struct.pack(ENTRY, *line) for line in lines)}


def test_a_piece_is_used_again_only_where_its_id_proves_the_content(history):
    rows = [f"客户{n}" for n in range(500)]
    history.record(state(sheet(rows)), found())
    rewritten(next(history.folder.glob("*.pack")), misleading)
    version = write(history, sheet(rows), sheet(["改", *rows[1:]]))
    assert history.restore(version.id).files == {"": sheet(["改", *rows[1:]])}


def pruned(pack):
    return {"TABL": b"", "BODY": b"", "MANF": b""}


def test_a_pruned_version_stays_in_the_chain_and_is_said_to_be_gone(history):
    first = history.record(state(b"1\n"), found())
    second = history.record(state(b"2\n"), found())
    rewritten(min(history.folder.glob("*.pack")), pruned)
    assert [each.id for each in history.versions()] == [first.id, second.id]
    assert history.damage() == ()
    with pytest.raises(HistoryDamaged):
        history.restore(first.id)
    following = write(history, b"2\n", b"3\n")
    assert history.restore(following.id).files == {"": b"3\n"}


def test_another_reader_gets_what_was_kept_of_pruned_versions(history):
    """SEAL, GONE, kept pieces and tags are as the format says."""
    states = filled(history)
    versions = history.versions()
    history.tag("盘点", versions[1].id, "张三", "2026-03-02")
    key = next(history.folder.glob("key-*")).read_bytes()
    history.prune(*history.plan_pruning("2027-03-02T09:00:00+08:00", "李雷", Retention(0, 0, 0), versions[4].sha256))
    packs = dict(sections(path) for path in sorted(history.folder.glob("*.pack")))
    (kept_file,) = history.folder.glob("kept-*.pieces")
    kept_id, kept = sections(kept_file, b"CRMKEPT1")
    assert kept_file.name == f"kept-{kept_id[:16]}.pieces"
    assert hmac.digest(key, kept["HEAD"], "sha256").hex() == kept_id
    assert json.loads(kept["HEAD"])["table"] == hmac.digest(key, kept["TABL"], "sha256").hex()
    for path in (*history.folder.glob("*.pack"), kept_file):
        content = path.read_bytes()
        assert content[-32:] == hmac.digest(key, content[:-32], "sha256")

    whole = json.loads(zstandard.ZstdDecompressor().decompress(kept["MANS"]))
    assert sorted(whole) == json.loads(kept["HEAD"])["carried"]
    for version_id, lines in whole.items():
        packs[version_id]["MANF"] = zstandard.ZstdCompressor().compress("".join(f"{x}\n" for x in lines).encode())
    gone = {each.id for each in history.versions() if each.gone == "pruned"}
    packs[kept_id] = kept
    for version, content in zip(versions, states, strict=True):
        if version.id in gone:
            proof, facts = packs[version.id]["GONE"][:32], packs[version.id]["GONE"][32:]
            assert proof == hmac.digest(key, bytes.fromhex(version.id) + facts, "sha256")
            assert [each["kind"] for each in json.loads(facts)["records"]] == ["pruned"]
        else:
            assert files_of(packs, version.id) == {"": content}
    assert len(gone) == len(versions) - 3
    (tag_file,) = history.folder.glob("tag-*")
    assert tag_file.name == f"tag-{hmac.digest(key, tag_file.read_bytes(), 'sha256').hex()[:16]}"
    assert json.loads(tag_file.read_bytes())["version"] == versions[1].id
