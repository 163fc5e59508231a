"""Learning platforms: what they call submissions, and the gradebook files that they export.

`known` has a module a platform, and `platform` what one may say of itself; nothing else knows any
by name. `collect` takes what learners handed in from a download, by `archive` and `whose`;
`give_back` takes scores and feedback pages to the platform; `class_list` reads who is in the class.
`sheet` is how files of theirs are read and written.

Nothing here needs what grades: stock nbgrader collects by it with two lines in its configuration,

    c.ZipCollectApp.extractor_plugin = "nbexaminer.lms.collect.Extractor"
    c.ZipCollectApp.collector_plugin = "nbexaminer.lms.collect.Collector"
"""
