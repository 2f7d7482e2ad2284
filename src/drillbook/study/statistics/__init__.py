"""Statistics of studies: pure functions over rows of replications; NaN stands for what never happened."""
