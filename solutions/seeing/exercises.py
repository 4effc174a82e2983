"""The assignment *Seeing*: its title, its introduction and its exercises, in order."""

from solutions.seeing import count_weights, local_responses, reorder_weights, shift_each, tie_weights

TITLE = "Seeing"

INTRODUCTION = (
    "Why a network for images is not a network for any list of numbers. You count what the layers must "
    "learn, mix up pixels, move digits about, and go the way from “everything sees everything” to one small "
    "filter that is used everywhere."
)

EXERCISES = tuple(
    module.EXERCISE for module in (count_weights, reorder_weights, shift_each, local_responses, tie_weights)
)
