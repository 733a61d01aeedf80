"""The first line of an outcome, in every format."""

from __future__ import annotations

from collections.abc import Mapping

from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Outcome

TITLES: Mapping[str, str] = {
    "demo": N_("A book to try: {book}"),
    "new": N_("A new book: {book}"),
    "check": N_("Check of {book}, {today}"),
    "clean": N_("Canonical spelling of {book}, {today}"),
    "dedupe": N_("Duplicates in {book}, {today}"),
    "tier": N_("Grades of the customers in {book}, {today}"),
    "followup": N_("Follow-ups from {book}, {today}"),
    "nightly": N_("Night run on {book}, {today}"),
    "history": N_("Versions of {book}"),
    "history verify": N_("The history of {book} proved"),
    "history record": N_("{book} as a version"),
    "history tag": N_("Names of versions of {book}"),
    "history prune": N_("Old versions of {book}"),
    "history export": N_("A version of {book} as a file"),
    "history backup": N_("The backup of {book}"),
    "history redact": N_("Values destroyed in the history of {book}"),
    "merge": N_("Merging into {book}"),
    "diff": N_("What changed in {book}"),
    "undo": N_("Undo in {book}"),
    "redo": N_("Redo in {book}"),
    "unmerge": N_("A merge taken apart in {book}"),
    "restore": N_("An older version of {book}"),
    "blame": N_("Who changed it? {book}"),
    "apply": N_("Proposal for {book}, {today}"),
    "show": N_("A customer in {book}, {today}"),
    "find": N_("Found in {book}, {today}"),
    "who": N_("Whose customer is it? {book}, {today}"),
    "note": N_("A contact noted in {book}, {today}"),
    "set": N_("Fields set in {book}, {today}"),
    "add": N_("A record added to {book}, {today}"),
    "me": N_("Your day in {book}, {today}"),
    "settings": N_("Settings for {book}"),
    "schema list": N_("Tables that crmsheet knows, for {book}"),
    "schema show": N_("What crmsheet knows, for {book}"),
    "doctor": N_("What crmsheet understands of {book}"),
    "adopt": N_("{book} as a book, {today}"),
    "cell": N_("One cell of {book}"),
    "append": N_("A row appended in {book}"),
    "parts": N_("The parts of {book}"),
    "explain": N_("Rules: {book}"),
    "reconcile": N_("Reconciling {book}, {today}"),
    "git install": N_("Git knows the books in {book}"),
    "git uninstall": N_("Git in {book}"),
    "git status": N_("Git and the books in {book}"),
}


def headline(outcome: Outcome) -> Message:
    """What was done, to which book, as of which day."""
    return Message(TITLES[outcome.command], {"book": outcome.subject, "today": outcome.today})
