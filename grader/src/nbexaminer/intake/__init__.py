"""What a learner handed in: taken from its folder, read, set into the source, made harmless.

Others use `intake` for submitted folders and `drop_box` for the exchange's; `names`, `times` and
`files` for what a learner named, dated and made; `notebook.read_notebook`; `graft.graft`,
`read_source`, `Source`, `SourceError`, `Role`, `role` and `grade_id`; and the functions of
`harmless` without an underscore.
"""
