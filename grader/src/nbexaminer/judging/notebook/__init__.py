"""A submitted notebook: read, set into the source, made harmless to look at.

Others use `cell` for what a cell is and was decided about; `source.read_source`, `Source` and
`delimiters_of`; `reader.read_notebook` and `graft.graft`; the functions of `sanitize` without an
underscore, and `pictures.PICTURES`.
"""
