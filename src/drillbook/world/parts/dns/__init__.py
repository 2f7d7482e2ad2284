"""Name resolution: records, what clients keep of them, and who writes them."""
