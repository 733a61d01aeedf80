"""What a book should look like: YAML to Schema, headers to fields, Schema to pandera."""
