"""Certificates: who shows one, until when it is good, and what becomes of its callers."""
