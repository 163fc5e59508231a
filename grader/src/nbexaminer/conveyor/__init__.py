"""A whole class at a time: what was handed in goes through workers into gradebook and pages.

`belt` carries it; `submitted` has what lies in submitted/, for `grade`, and `desk` what comes in
meanwhile, for `serve`; both read the class from `folder` and have `workers` grade. nbgrader's
plugins go the same way. Workers import `workers` and `fingerprint` alone of this room.
"""
