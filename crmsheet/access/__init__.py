"""Masks: who may see what. Roles and permits come with their issue."""

from crmsheet.access.masking import mask

__all__ = ["mask"]
