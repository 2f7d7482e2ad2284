"""What a study found, for people: a summary for the terminal and one page for a browser."""
