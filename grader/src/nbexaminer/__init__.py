"""The autograder: what instructors run.

Others use the command `llm-basics`, and what each room says in its own words:
`submission` reads, `examination` runs and examines, `sandbox` locks in, `classroom` grades a class,
`commands` has the command line, `platforms` reads and writes what learning platforms do,
`reporting` and `similarity` make the class report, `nbgrader_plugins` is what nbgrader_config.py
plugs in.
"""
