"""How well: verdicts on completion, clarification and confidentiality."""
