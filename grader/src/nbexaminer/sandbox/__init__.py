"""Where learners' code runs: what it may see and use, and the processes that keep it there.

`view` says what it may see, `known_calls.csv` what it may call, `limits` how much it may use.

Others use `view.Sandbox`, `Occupant` and `PACKAGE`; `limits.Limits` and `EndedBy`;
`parent.WarmParent`, `Child` and `ExitStatus`; `promises.tried`. `zygote`, `namespaces`, `nanny`,
`usage` and `system_calls` run inside, and so does `probes`.
"""
