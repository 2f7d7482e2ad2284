"""Kinds of components beyond services, pools, databases and third parties: one small module for each."""
