"""Stage to which the tasks of an opportunity belong, or none if it is recorded rightly."""
