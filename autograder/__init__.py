"""The instructor's side: builds, releases, grades and returns assignments with an unpatched nbgrader.

``python -m autograder --help`` lists the commands; the plain ``nbgrader`` commands work in this folder as
well. Imported here are only the standard library's modules: nbgrader is loaded when it is needed.
"""
