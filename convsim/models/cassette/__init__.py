"""Model calls on file: recorded once, played back without network and without a model library."""
