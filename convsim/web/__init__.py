"""The viewer: a run's conversations in a browser, and the audit of its confidentiality verdicts."""
