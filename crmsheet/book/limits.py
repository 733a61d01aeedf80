"""How large a book may be before it is taken for an attack or an accident."""

MAX_FILE_BYTES = 2 << 30
"""Of one file on the disk."""

MAX_UNPACKED_BYTES = 4 << 30
"""Of all members of a workbook together, as declared."""

SAFE_UNPACKED_BYTES = 500 << 20
"""Of all members together: up to here any degree of compression is believed, as of pictures that are never unpacked."""

SAFE_PART_BYTES = 8 << 20
"""Of one part that is read: up to here any degree of compression is believed."""

MAX_RATIO = 100
"""Above the safe sizes: unpacked against packed. Of 6,000 real parts none reaches 15; a bomb has about 1000."""

MAX_MEMBERS = 20_000
"""Of a workbook's package."""

MAX_GRID_CELLS = 50_000_000
"""Of one sheet between its first and its last cell, empty rows and columns left out."""
