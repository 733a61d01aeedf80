"""Why the system refuses to read or write a file, in plain words."""

from __future__ import annotations

import errno
from pathlib import Path

from crmsheet.core.messages import N_, Message, Text

_REASONS = {
    errno.ENOENT: N_("there is no such file or folder"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("a file stands where a folder should be"),
    errno.EEXIST: N_("a file stands where a folder should be"),
}


def reason(error: OSError) -> Text:
    """The reason in the user's words, or as the system gives it where we have none."""
    template = _REASONS.get(error.errno or 0)
    if template:
        return Message(template)
    # Only a failed command pays for loading the room that writes books.
    from crmsheet.disk.durable import write_failed

    detail = write_failed(Path(), error).facts["detail"]
    return detail if isinstance(detail, Message) else str(detail)
