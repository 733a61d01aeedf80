"""Follow-ups: who is due, why, and what the sheet should know about the last and the next contact."""

from crmsheet.agenda.agenda import NO_OWNER, Agenda, plan_followups
from crmsheet.agenda.changes import changes
from crmsheet.agenda.plan import ASKED

__all__ = ["ASKED", "NO_OWNER", "Agenda", "changes", "plan_followups"]
