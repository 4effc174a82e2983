"""Explorers: figures that the reader operates."""
