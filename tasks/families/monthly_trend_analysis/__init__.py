"""Month with significantly more cases of a product than any other month of the window."""
