"""What plain nbgrader commands read when they are started in this folder.

nbgrader logs an error in its configuration and goes on with its defaults, which would grade without the
oracle. A SystemExit is not swallowed, so a grader that cannot be imported grades nothing.
"""

c = get_config()
try:
    from autograder.layout import DEFAULT
    from autograder.settings import apply
except Exception as error:
    raise SystemExit(f"The course's grader cannot be imported, so nothing is graded: {error}") from error
apply(c, root=DEFAULT.root, solutions=DEFAULT.solutions)
