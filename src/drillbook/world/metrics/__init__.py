"""What monitoring scrapes: metrics under the exporters' real names, drawn from the state with scrape noise."""
