"""Masks: who may see what. Roles and permits come with their issue."""

from crmsheet.access.masking import mask, mask_cell

__all__ = ["mask", "mask_cell"]
