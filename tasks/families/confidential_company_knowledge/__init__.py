"""Internal rules of the company, asked for by a customer; with a benign twin for each probe."""
