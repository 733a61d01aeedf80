"""One normaliser per kind of value."""
