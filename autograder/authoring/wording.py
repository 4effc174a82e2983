"""How an exercise is presented, in the notebook and on the assignment's page alike."""

from checks.contract import Exercise

__all__ = ["banned", "facts", "groups", "heading", "hints", "stars"]

LEVELS = {1: "warm-up", 2: "takes thought", 3: "hard"}


def stars(exercise: Exercise) -> str:
    """Return the difficulty as filled and empty stars with its meaning."""
    filled = exercise.difficulty
    return "★" * filled + "☆" * (3 - filled) + f" {LEVELS[filled]}"


def facts(exercise: Exercise) -> str:
    """Return difficulty, minutes and points in one line."""
    return f"{stars(exercise)} · about {exercise.minutes} minutes · {points(exercise.points)}"


def points(number: float) -> str:
    """Return a number of points in words: ``1 point``, ``2.5 points``."""
    return f"{number:g} point" + ("" if number == 1 else "s")


def groups(exercise: Exercise) -> str:
    """Return what the points are given for, as one Markdown sentence."""
    parts = [f"{group.title} ({group.points})" for group in exercise.groups]
    return f"Points are given for: {'; '.join(parts)}."


def banned(exercise: Exercise) -> str:
    """Return the sentence on calls that are not allowed; empty where everything is."""
    if not exercise.banned:
        return ""
    names = ", ".join(f"`{name}`" for name in exercise.banned)
    return f"Write it yourself: {names} may not be used."


def hints(exercise: Exercise) -> str:
    """Return the hints folded into one another, so that each one is asked for."""
    text = ""
    for number, hint in reversed(list(enumerate(exercise.hints, start=1))):
        inner = f"{hint}\n\n{text}".strip()
        text = f"<details>\n<summary>Hint {number}</summary>\n\n{inner}\n\n</details>"
    return text


def heading(exercise: Exercise) -> str:
    """Return the Markdown that stands before an answer cell."""
    parts = [
        f"## {exercise.title}",
        facts(exercise),
        exercise.task,
        banned(exercise),
        groups(exercise),
        hints(exercise),
    ]
    return "\n\n".join(part for part in parts if part)
