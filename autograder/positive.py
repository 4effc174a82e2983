"""Limits are positive: a slip in a course's configuration is found when they are made."""

from dataclasses import dataclass, fields

__all__ = ["Positive"]


@dataclass(frozen=True)
class Positive:
    """Numbers of which each is more than 0; anything else is a ValueError that names it."""

    def __post_init__(self):
        for each in fields(self):
            if not getattr(self, each.name) > 0:
                raise ValueError(f"the limit {each.name} must be positive, not {getattr(self, each.name)!r}")
