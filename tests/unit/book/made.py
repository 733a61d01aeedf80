"""Small books for the tests of this room."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def saved(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def changed(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The package with some members exchanged or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in set(parts) - set(old.namelist()):
            new.writestr(name, parts[name])
    return stream.getvalue()


def with_sheet_data(sheet_data: str, around: str = "<worksheet xmlns='{main}'>{data}</worksheet>") -> bytes:
    """A workbook of one sheet whose XML is given; `around` may hold what stands beside the cells."""
    xml = around.format(main=MAIN, data=sheet_data).replace("'", '"')
    return changed(saved(Workbook()), {"xl/worksheets/sheet1.xml": xml.encode()})


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
