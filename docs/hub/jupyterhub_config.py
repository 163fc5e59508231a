"""JupyterHub for this course on one Linux server; docs/jupyterhub.md says how to set it up."""

import sys
from pathlib import Path

c = get_config()  # type: ignore[name-defined]  # noqa: F821

COURSE = Path(__file__).resolve().parents[2]

# Who may log in: accounts of this machine, with their passwords, in one of two groups.
c.JupyterHub.authenticator_class = "pam"
c.LocalAuthenticator.allowed_groups = {"llm-learners", "llm-instructors"}

# Each user's JupyterLab runs as that user: see course/learner/hub.py.
c.JupyterHub.spawner_class = "localprocess"
c.Spawner.cmd = [sys.executable, "-m", "course.learner.hub"]
c.Spawner.start_timeout = 120

# Only this machine can reach it; a web server in front brings TLS.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.ConfigurableHTTPProxy.command = [
    str(COURSE / ".venv/hub/node_modules/.bin/configurable-http-proxy")
]
