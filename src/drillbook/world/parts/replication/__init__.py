"""Replication and failover of PostgreSQL servers."""
