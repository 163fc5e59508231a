"""Learning platforms: what they call submissions, and the gradebook files that they export.

A module a platform. `platform` and `table` have what these share; `people` says whom a platform
means, `uploads` keeps what a submission was called there, `fill` and `give_back` take scores and
feedback pages to the platform. `nbexaminer.nbgrader_plugins.zip_collect` collects.
"""
