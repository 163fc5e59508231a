"""Where learners' code runs: what it may see and use, and the processes that keep it there.

`view` says what it may see, `known_calls.csv` what it may call, `limits` how much it may use.

Others use `view`, `limits`, `promises`, of `parent` all without an underscore, and the place of the
list from `system_calls`. `zygote` is what a warm parent runs; `namespaces`, with the nanny in it,
`usage` and the rest of `system_calls` run inside.
"""
