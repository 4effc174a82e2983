"""The figures of the chapters: one module per chapter, one function per figure.

Each function computes what it shows with the tested code of :mod:`convnets` and returns a
:class:`convnets.plots.Drawing`. Figures are at most 5.2 inches wide, so that
their text can be read on a phone.
"""
