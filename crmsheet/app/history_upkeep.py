"""Recording, naming and giving up versions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crmsheet.app.request import Request
from crmsheet.app.settings import book_path
from crmsheet.app.states import NOW, find_version
from crmsheet.app.version_changes import forget
from crmsheet.app.versions import current_digest, history_alone, history_of
from crmsheet.book.members import read_members
from crmsheet.book.replacing import digest
from crmsheet.core.errors import UsageError
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome, Section
from crmsheet.core.versions import FOUND, Version
from crmsheet.history.draft import Deed, State
from crmsheet.history.retention import GRACE, Retention
from crmsheet.report import version_list

RECORD, TAG, PRUNE = "history record", "history tag", "history prune"
_NUMBER = re.compile(r"[vV]?\d+|[0-9a-fA-F]{4,64}")
_LONGEST = 80
_RECORDED = N_("The book as it is now is version {number}.")
_KNOWN = N_("Nothing was edited since: the book is version {number} already.")
_TAGGED = N_("Version {number} is called {tag} now.")
_UNTAGGED = N_("Version {number} is not called {tag} any more; the version itself stays.")
_TAGLESS = N_("no version is called {tag}; `crmsheet history` lists the tags")
_NO_NAME = N_("{tag} cannot be the name of a version: it is empty, too long, or means a version already")
_UNRECORDED = N_("the book has no version that it is now; `crmsheet history record` makes one, then name it")
_NOTHING = N_(
    "No version can be given up: the last {days} days stay whole, and of {daily} days, {weekly} weeks and "
    "{monthly} months the last version, tagged versions and heads."
)
_WOULD = N_(
    "Nothing was written: {count:,} of {versions:,} versions would be given up, {bytes:,} bytes freed; --write does it."
)
_DONE = N_(
    "{count:,} of {versions:,} versions were given up, {bytes:,} bytes freed. They stay in the list, and cannot be "
    "restored."
)
_KEPT = N_(
    "Kept: all of the last {days} days, of {daily} days, {weekly} weeks and {monthly} months the last version, tagged "
    "versions and heads (`crmsheet settings` shows how to change that)."
)
_LISTED = N_("Versions that are given up")


def record(request: Request, message: str = "") -> Outcome:
    """Makes the book as it is a version, where it was edited since the last one; the book is not touched.

    Raises:
        WriteFailed: the folder does not take it.
    """
    path, _ = book_path(request)
    with history_alone(request, path):
        files = read_members(path)
        state = State(files, digest(files))
        store = history_of(path)
        store.resolve(state.sha256)
        before = {each.id for each in store.versions()}
        version = store.record(state, Deed("", request.at, "", message, origin=FOUND))
    note = Message(_KNOWN if version.id in before else _RECORDED, {"number": version.number})
    return _outcome(RECORD, request, path.name, [note], version=version.id)


def tag(request: Request, name: str, word: str = "", *, delete: bool) -> Outcome:
    """Gives a version a name (without `word` the one that the book is now), or takes the name away.

    Raises:
        UsageError: it can be no name, or there is no such tag.
        VersionUnknown: there is no such version.
        WriteFailed: the folder does not take it.
    """
    path, settings = book_path(request)
    store, name = history_of(path), name.strip()
    if delete:
        named = store.tags().get(name)
        if named is None:
            raise UsageError(problem=Message(_TAGLESS, {"tag": name}))
        number = next((each.number for each in store.versions() if each.id == named), 0)
        store.untag(name)
        return _outcome(TAG, request, path.name, [Message(_UNTAGGED, {"number": number, "tag": name})])
    if not name or len(name) > _LONGEST or name in NOW or _NUMBER.fullmatch(name) or not name.isprintable():
        raise UsageError(problem=Message(_NO_NAME, {"tag": name}))
    version = find_version(path, word) if word and word not in NOW else _current(request)
    store.tag(name, version.id, settings.actor, request.at)
    return _outcome(TAG, request, path.name, [Message(_TAGGED, {"number": version.number, "tag": name})], version.id)


def prune(request: Request, *, write: bool) -> Outcome:
    """What would be given up of a history, or with `write` was.

    Raises:
        HistoryDamaged: a version that stays cannot be read, so nobody can tell what it needs.
        WriteFailed: the folder does not take it.
    """
    path, settings = book_path(request)
    policy = Retention(settings.keep_daily, settings.keep_weekly, settings.keep_monthly)
    store = history_of(path)
    versions = len(store.versions())
    if write:
        with history_alone(request, path):
            plan, told = store.plan_pruning(request.at, settings.actor, policy, current_digest(path))
            store.prune(plan, told)
        forget(path)
    else:
        plan, _ = store.plan_pruning(request.at, settings.actor, policy, current_digest(path))
    facts = {"days": GRACE.days, "daily": policy.daily, "weekly": policy.weekly, "monthly": policy.monthly}
    done = {"count": len(plan.given_up), "versions": versions, "bytes": plan.freed}
    notes: list[Text] = [Message(_NOTHING, facts)]
    if plan.given_up:
        notes = [Message(_DONE if write else _WOULD, done), Message(_KEPT, facts)]
    return _outcome(
        PRUNE,
        request,
        path.name,
        notes,
        sections=version_list.sections(plan.versions, _LISTED, "given_up"),
        counts=done,
    )


def _current(request: Request) -> Version:
    """The version that the book is now."""
    path, _ = book_path(request)
    current = current_digest(path)
    found = [each for each in history_of(path).known(current) if current and each.sha256 == current]
    if not found:
        raise UsageError(problem=Message(_UNRECORDED))
    return found[-1]


def _outcome(
    command: str,
    request: Request,
    subject: str,
    notes: list[Text],
    version: str = "",
    sections: tuple[Section, ...] = (),
    counts: Mapping[str, int] | None = None,
) -> Outcome:
    return Outcome(
        command,
        subject,
        today=request.today.isoformat(),
        notes=tuple(notes),
        version=version,
        sections=sections,
        counts=counts or {},
    )
