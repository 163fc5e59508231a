"""What a learner handed in: taken from its folder, read, set into the source, made harmless.

Others use `intake.read_file`, `read_timestamp`, `parse_timestamp`, `unfit_files`, `too_much` and
`Malformed`; `notebook.read_notebook`; `graft.graft`, `read_source`, `Source`, `SourceError`,
`Role`, `role` and `grade_id`; and the functions of `harmless` without an underscore.
"""
