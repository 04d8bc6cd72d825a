"""Importing this loads the model library: for the server that worker processes are forked from, and for nobody else."""

from convsim.models.loading import litellm

litellm()
