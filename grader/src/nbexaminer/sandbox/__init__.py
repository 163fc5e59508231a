"""Where learners' code runs: what it may see and use, and the processes that keep it there.

Others use `view.Sandbox`, `Occupant`, `SandboxUnavailable` and `PACKAGE`; `limits.Limits` and
`EndedBy`; `parent.WarmParent`, `Child` and `ExitStatus`; `promises.tried`. `zygote`, `namespaces`,
`nanny`, `usage`, `system_calls` and `known_calls` run inside, and so does `probes`.
"""
