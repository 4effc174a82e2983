"""The training notebooks of the chapter *Detection*; :mod:`convnets.training.experiments` runs them."""
