"""JupyterHub for this course on one machine: ``python -m autograder hub`` starts it.

Everybody signs in with an account of this machine (PAM), and gets a Jupyter server under that account. So the
hub is started by root, or by an account that may start servers for others (JupyterHub's sudospawner).
"""

import pwd
from pathlib import Path

from autograder.hub.settings import Hub, apply
from autograder.layout import DEFAULT, CourseError

# Whoever is taken out of these lists cannot sign in any more; to end a session that is still open, delete the
# account at the hub's /hub/admin, which is for those in c.Authenticator.admin_users.
INSTRUCTORS = {"instructor"}
LEARNERS = {"learner"}

c = get_config()
hub = Hub(
    instructors=INSTRUCTORS,
    learners=LEARNERS,
    shared=Path("/srv/convnets"),
    grader=pwd.getpwuid(Path(DEFAULT.solutions).stat().st_uid).pw_name,
    # Before the hub is open to a network, give it a certificate (c.JupyterHub.ssl_cert, ssl_key), or put
    # a web server with one before it, and write its public address here.
    address="http://127.0.0.1:8000",
)
try:
    apply(c, hub)
except CourseError as error:
    raise SystemExit(f"The hub does not start: {error}") from error

# Who somebody is: "pam", the accounts of this machine. A university's own sign-in instead, for instance
# `pip install oauthenticator` and "generic-oauth", or `jupyterhub-ltiauthenticator` for Moodle and Canvas;
# "dummy" lets anybody in as anybody, for a trial on your own machine.
c.JupyterHub.authenticator_class = "pam"

# How servers are started: as processes under the learner's own account. DockerSpawner and KubeSpawner give
# each a container instead; the exchange must then be a volume that all of them see.
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
