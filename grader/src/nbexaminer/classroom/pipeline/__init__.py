"""A whole class at a time: what was handed in goes through workers into gradebook and pages.

`belt` carries it; `submitted` has what lies in submitted/, for `grade`, and `desk` what comes in
meanwhile, for `serve`, with `arrivals` and `give_feedback`; both read the class from
`folder`, have `workers` grade and count in `summary`. nbgrader's plugins go the same way. To grade,
workers import `workers` and `fingerprint` alone of this room.
"""
