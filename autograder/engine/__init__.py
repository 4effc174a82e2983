"""Grades submissions: the oracle, the kernels' side of it, and what keeps the results."""
