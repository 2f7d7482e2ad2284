"""What must hold between the parts of authored files beyond each field by itself."""
