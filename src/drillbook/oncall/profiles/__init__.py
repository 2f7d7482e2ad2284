"""How each paging tool runs an escalation policy: one module per profile, one engine for all."""
