"""Seed -> schema rows, texts and latent facts of the two built-in orgs."""
