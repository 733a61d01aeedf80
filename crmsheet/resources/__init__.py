"""Shipped schemas, templates and words."""
