"""What monitoring scrapes: the exporters' real metric names, drawn from the state with noise."""
