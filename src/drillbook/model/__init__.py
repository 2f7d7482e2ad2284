"""What authors write: frozen models of scenarios, playbooks, policies and people. No I/O."""
