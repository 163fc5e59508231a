"""What a learner handed in: taken from its folder, read, set into the source, made harmless.

Others use `intake.submitted_folders`, `take`, `take_dropped`, `read_file`, `strange_names`,
`printable` and what these give (`Intake`, `Dropped`, `LeftOut`, `Why`, `Malformed`);
`notebook.read_notebook`; `graft.graft`, `read_source`, `Source`, `SourceError`, `Role`, `role` and
`grade_id`; and the functions of `harmless` without an underscore.
"""
