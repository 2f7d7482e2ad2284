"""Judgement: (scenario, playbook, log) -> scorecard. Pure; it reads the log and nothing else."""
