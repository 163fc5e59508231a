"""Makes the read-only file system writable again, or changes what every child sees."""
# verdict: failed
import os

for path in ("/course", "/course/helpers", "/etc", "/usr/lib", "/lib", "/"):
    try:
        os.chmod(path, 0o777)
        print("BREACH", path)
    except OSError:
        pass
    try:
        open(os.path.join(path, "attacked"), "w").close()
        print("BREACH", path)
    except OSError:
        pass
    try:
        os.rename(path, path + "-attacked")
        print("BREACH", path)
    except OSError:
        pass


def softmax(x, dim=-1):
    return x
