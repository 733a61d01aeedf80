"""The workbook is patched, never rebuilt: bytes are spliced, and every other member is copied raw."""

from crmsheet.book.ooxml.patch import patch_workbook

__all__ = ["patch_workbook"]
