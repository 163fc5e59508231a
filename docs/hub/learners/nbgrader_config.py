"""What nbgrader needs to know in a learner's JupyterLab, and no more."""

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.course_id = "llm-basics"
c.Exchange.root = "/srv/nbgrader/exchange"
# Of other accounts, only the instructor's can then open what was handed in.
c.ExchangeFactory.submit = "nbexaminer.nbgrader_plugins.submit.Submit"
# As course/learner/hub.py has it for notebooks: what Validate runs, other accounts aren't told.
c.ConnectionFileMixin.transport = "ipc"
