"""Change sets: planned against a book, inverted, replayed."""
