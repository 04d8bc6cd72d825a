"""A snapshot of any org, taken through `simple_salesforce` and kept as a bundle."""
