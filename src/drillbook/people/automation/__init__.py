"""The team's automation: it remediates by the playbook's decision matrix, and leaves the rest to people."""
