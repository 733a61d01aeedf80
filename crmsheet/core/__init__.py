"""Types, errors, parts: known to every room, knowing none."""
