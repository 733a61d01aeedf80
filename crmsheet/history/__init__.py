"""Versions beside the book."""
