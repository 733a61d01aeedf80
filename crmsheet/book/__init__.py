"""Opening, addressing, patching, locking and replacing the user's file."""
