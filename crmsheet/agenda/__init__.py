"""Who is due: cadence, promises, lateness."""
