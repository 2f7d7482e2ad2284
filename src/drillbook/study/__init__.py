"""What-if studies: factors varied, incidents run, policies compared."""
