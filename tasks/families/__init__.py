"""The task families, one folder each: plan, wording, policy, oracles, reference solution."""
