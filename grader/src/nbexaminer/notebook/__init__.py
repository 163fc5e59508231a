"""A submitted notebook: read, set into the source, made harmless to look at.

Others use `reader.read_notebook`; `graft.graft`, `read_source`, `Source`, `SourceError`, `Role`,
`role` and `grade_id`; and the functions of `harmless` without an underscore.
"""
