"""What the runs of a study say: from its table of results to findings and a recommendation."""
