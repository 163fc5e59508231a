"""A whole class at a time: `llm-basics grade`.

Others use `console.grade_class` and, to watch a run from inside, `folder.ClassFolder`, `run.Run`
and `run.Summary`. nbgrader's plugins use `lock`, `journal` and `fingerprint`. Workers import
`workers` and `fingerprint` alone of this room.
"""
