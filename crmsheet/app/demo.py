"""A book to try: made up, messy, and brought through a night run."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from crmsheet.app.nightly import nightly
from crmsheet.app.refusals import reason
from crmsheet.app.request import Request
from crmsheet.app.settings import FILE, resolve
from crmsheet.core.errors import FolderTaken, WriteFailed
from crmsheet.core.messages import N_, Labels, Message, Text
from crmsheet.core.outcome import Outcome
from crmsheet.sample import ENGLISH_SETTINGS, make_book

NAMES: Labels = {"zh": "客户关系管理书.xlsx", "en": "customer-book.xlsx"}
CUSTOMERS = 300
_LOOK = N_(
    "Open {book} and look; then try: crmsheet history {book} · crmsheet undo {book} --write · crmsheet check {book}"
)
_MADE_UP = N_("All names, numbers and addresses in it are made up.")


def demo(request: Request, folder: Path) -> Outcome:
    """Makes the example book in a new folder, runs the night run on it with writing, and says where to look.

    Raises:
        FolderTaken: the folder is there already and not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderTaken(path=str(folder))
    lang = resolve(lang=request.lang).settings.lang
    book = folder / NAMES[lang]
    request.tell(Message(N_("making {book}"), {"book": book.name}))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if lang == "en":
            (folder / FILE).write_text(ENGLISH_SETTINGS, encoding="utf-8")
        make_book(book, customers=CUSTOMERS, today=request.today, lang=lang)
    except OSError as error:
        raise WriteFailed(path=str(folder), detail=reason(error)) from error
    night = nightly(dataclasses.replace(request, book=book), write=True)
    notes: tuple[Text, ...] = (*night.notes, Message(_LOOK, {"book": str(book)}), Message(_MADE_UP))
    return dataclasses.replace(night, command="demo", subject=str(book), notes=notes)
