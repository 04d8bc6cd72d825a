"""Agent who should get a new case: experience with the issue, with the product, workload."""
