"""Shuts student code in: what a kernel may see, write and use up.

`bubblewrap` makes the command, `room` the folder that kernel and grader share, `limits` says how much one
may take, `watchdog` ends what takes more, `provisioner` starts Jupyter kernels so, and `protection` says what
this machine can do. `inside` and `namespaces` are the only files of the grader that a sandbox contains.
"""
