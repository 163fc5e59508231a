"""Takes processor time, files and priority away from process 1, which watches over the limits."""
# verdict: failed
import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
attempts = {
    "idle": lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
    "nice": lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
    "everybody nice": lambda: os.setpriority(os.PRIO_USER, os.getuid(), 19),
    "one processor": lambda: os.sched_setaffinity(1, {0}),
    "files": lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0)),
    "time": lambda: resource.prlimit(1, resource.RLIMIT_CPU, (1, 1)),
    "memory": lambda: resource.prlimit(1, resource.RLIMIT_AS, (4096, 4096)),
}
for name, attempt in attempts.items():
    try:
        attempt()
        print("BREACH", name)
    except OSError as error:
        print(name, error)
# Its own limits it may lower.
resource.prlimit(0, resource.RLIMIT_NOFILE, (64, 64))


def softmax(x, dim=-1):
    return x
