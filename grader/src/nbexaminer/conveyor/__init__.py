"""A whole class at a time: what was handed in goes through workers into gradebook and pages.

`run` grades what lies in submitted/, `serve` what comes in meanwhile; both read the class from
`folder` and have `workers` grade. Others use `folder.ClassFolder`, `run.Run` and `run.Summary`,
`serve.Server`; nbgrader's plugins use `lock` and `fingerprint`. Workers import `workers` and
`fingerprint` alone of this room.
"""
