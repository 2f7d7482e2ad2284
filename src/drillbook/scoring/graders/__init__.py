"""One grader for each way in which a playbook measures conduct."""
