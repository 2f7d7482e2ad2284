"""Simulated colleagues: who answers, looks, leads, informs, asks and complains."""
