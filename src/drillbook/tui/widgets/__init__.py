"""What is on the screens; a widget holds no rules and announces what its user wants by messages."""
