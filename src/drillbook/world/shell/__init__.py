"""The simulated shell: commands as people type them, answered in the tools' own output format. Pure."""
