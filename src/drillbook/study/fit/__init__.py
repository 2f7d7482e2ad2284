"""A team's own incidents: their export read, the times of its responders estimated, a people file written."""
