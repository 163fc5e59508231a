"""Fetches the answers from the web, by Python and by programs that may lie around."""
# verdict: failed
import subprocess
import urllib.request

try:
    print("BREACH", urllib.request.urlopen("http://127.0.0.1:@port@/answers", timeout=2).read())
except OSError:
    pass
for command in ("curl -m 2 http://127.0.0.1:@port@", "wget -T 2 -O - http://127.0.0.1:@port@"):
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True)
    if done.returncode == 0:
        print("BREACH", command)


def softmax(x, dim=-1):
    return x
