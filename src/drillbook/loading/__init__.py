"""Files into models: YAML with positions, references between and within files, and the catalog of packs."""
