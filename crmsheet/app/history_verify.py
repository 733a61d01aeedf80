"""Whether a history is whole: nothing was changed, nothing is missing, what was taken out was taken out on purpose."""

from __future__ import annotations

from crmsheet.app.request import Request
from crmsheet.app.settings import book_path
from crmsheet.app.versions import history_of
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome, Section
from crmsheet.history.gone import PRUNED
from crmsheet.history.verifying import DAMAGE, NOTE, WARNING, Seen

COMMAND = "history verify"
_KINDS = {DAMAGE: N_("damaged"), WARNING: N_("to be looked at"), NOTE: N_("as it should be")}
_WHOLE = N_("The history is whole: {versions:,} versions, {restorable:,} of them can be restored.")
_DAMAGED = N_(
    "The history is damaged in {count:,} places, listed below. The book itself is not touched by that, and the next "
    "write stores it whole; `crmsheet history backup DIR --restore` brings back what a backup holds."
)
_NO_HISTORY = N_("The book has no history yet: the first write by crmsheet begins it.")
_TITLES = tuple(map(Message, (N_("State"), N_("File"), N_("What"))))


def verify(request: Request, *, whole: bool) -> Outcome:
    """Proves the history of a book; with `whole` every version is put together as well.

    `counts["damage"]` is how many things are damaged.
    """
    path, _ = book_path(request)
    store = history_of(path)
    request.tell(Message(N_("proving the history of {book}"), {"book": path.name}))
    versions = store.versions()
    seen = store.verify(whole=whole)
    damage = sum(each.kind == DAMAGE for each in seen)
    restorable = sum(each.gone != PRUNED for each in versions)
    return Outcome(
        COMMAND,
        path.name,
        today=request.today.isoformat(),
        notes=(_verdict(len(versions), restorable, damage),),
        sections=(_section(seen),) if seen else (),
        counts={
            "versions": len(versions),
            "damage": damage,
            "warnings": sum(each.kind == WARNING for each in seen),
            "notes": sum(each.kind == NOTE for each in seen),
        },
        version=versions[-1].id if versions else "",
    )


def _verdict(versions: int, restorable: int, damage: int) -> Text:
    if damage:
        return Message(_DAMAGED, {"count": damage})
    return Message(_WHOLE, {"versions": versions, "restorable": restorable}) if versions else Message(_NO_HISTORY)


def _section(seen: tuple[Seen, ...]) -> Section:
    rows = tuple((Message(_KINDS[each.kind]), each.file, each.text) for each in seen)
    return Section(Message(N_("What was found in the history")), _TITLES, rows, name="found")
