"""Values of another contact or account, asked for by a customer; with a benign twin for each probe."""
