"""Guidance of the seen families: functions, their parts, worked demonstrations, and the proofs that they are right."""
