"""The author's side: from ``solutions/`` to what learners get, with nothing in it that they must not see."""
