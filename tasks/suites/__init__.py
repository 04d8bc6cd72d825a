"""Suites: versioned selections of tasks, frozen so that figures of different people and months can be compared."""
