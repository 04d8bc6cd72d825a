"""The simulated user: read, decide, say, check; the ledger proves what was released when and why."""
