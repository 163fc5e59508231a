"""Searches its own memory, all of it, for the text of hidden tests and for secrets."""
# verdict: failed
# in: extra
import re

# Patterns that don't match themselves.
marks = [b"BEGIN[ ]HIDDEN[ ]TESTS", b"a[ ]wrong[ ]dim[ ]would[ ]run", b"check_softmax[(]softmax"]
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        if not re.match(r"\S+ rw", line) or "[v" in line:
            continue
        start, end = (int(number, 16) for number in line.split()[0].split("-"))
        try:
            memory.seek(start)
            text = memory.read(min(end - start, 64 << 20))
        except (OSError, ValueError, OverflowError):
            continue
        for mark in marks:
            if re.search(mark, text):
                print("BREACH", mark)
