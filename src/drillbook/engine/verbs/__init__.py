"""What each verb of the command language does, one small function each."""
