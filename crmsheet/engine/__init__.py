"""Compute: one small interface over an embedded SQL engine."""

from crmsheet.engine.engine import Engine
from crmsheet.engine.local import LocalEngine
from crmsheet.engine.relations import columns, fields, relations

__all__ = ["Engine", "LocalEngine", "columns", "fields", "relations"]
