"""Seeded messy books with known truth."""
