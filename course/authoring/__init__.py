"""From a new exercise to source/, from source/ to release/ and solutions/, and lint of source/.

Others use `exercises.ROOT`, `exercises.exercises`, `source_of` and `module_of`; `new.new`;
`release.release`; `solutions.solution`; `lint.faults`. What `new` copies is in templates/.
"""
