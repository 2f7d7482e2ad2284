"""PostgreSQL's client: a small part of SQL over the server's own statistics."""
