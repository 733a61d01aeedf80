"""Roles, masks, permits."""
