"""A new file is whole or not there, and never takes the place of another one."""

from __future__ import annotations

import os

import pytest

from crmsheet.core.errors import WriteFailed
from crmsheet.disk.durable import create


def test_a_new_file_is_written_and_nothing_stays_beside_it(tmp_path):
    create(tmp_path / "book.xlsx", b"whole")
    assert (tmp_path / "book.xlsx").read_bytes() == b"whole"
    assert [each.name for each in tmp_path.iterdir()] == ["book.xlsx"]


@pytest.mark.parametrize("links", [True, False])
def test_another_file_is_never_replaced(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError("no links here")))
    (tmp_path / "book.xlsx").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        create(tmp_path / "book.xlsx", b"other")
    assert (tmp_path / "book.xlsx").read_bytes() == b"mine"
    assert [each.name for each in tmp_path.iterdir()] == ["book.xlsx"]


def test_where_links_are_not_known_the_file_is_renamed(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError("no links here")))
    create(tmp_path / "book.xlsx", b"whole")
    assert [each.name for each in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(WriteFailed) as caught:
        create(tmp_path / "book.xlsx", b"whole")
    assert "disk is full" in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(WriteFailed):
        create(tmp_path / "nowhere" / "book.xlsx", b"whole")
