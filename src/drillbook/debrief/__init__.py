"""What is shown after a drill: a document built from the log, as text, as JSON and as one HTML page."""
