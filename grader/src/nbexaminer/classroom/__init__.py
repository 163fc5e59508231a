"""A course folder and its gradebook: what was handed in goes through `judging` and into both.

Others use `pipeline`, which grades a class or what comes in; `intake`, which says what may be taken
of a folder; `gradebook`, its one writer; `pages`, which people read; and `roster`, `deadlines`,
`course_folder`, `database`, `uploads` and `similarity`.
"""
