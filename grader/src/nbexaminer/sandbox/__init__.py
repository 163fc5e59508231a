"""Runs a function on files within limits: what it may see and use, and what keeps it there.

It knows no notebooks and no course, and of this package only `errors`; any function can be run:

    who, box = SandboxRole(0, shown=("mine",)), Sandbox.find(material)
    with ZygoteHandle("mine:main", who, material, box, Limits(cpu_seconds=9)) as zygote:
        with zygote.spawn(sealed(pack({"essay.txt": b"..."}))) as child:  # main(sock, limits)
            said, ended = child.sock.recv(1 << 20), child.wait()

`view` says what it may see, `known_calls.csv` what it may call, `limits` how much it may use, and
`self_test` whether all that is so on the machine at hand.

Others use `view`, `limits`, `files`, `self_test`, of `zygote_handle` all without an underscore, and
the place of the list from `system_calls`. `zygote` is what such a process runs; `namespaces`, with
the supervisor in it, `usage` and the rest of `system_calls` run inside.
"""
