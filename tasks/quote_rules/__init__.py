"""What the families about quotes and the house's rules share: reading the rules, judging a quote, the plan."""
