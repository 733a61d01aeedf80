"""How a sheet is laid out: its headers, its records, and everything else that people write into it."""
