from collections import deque


def merge_pair(word, pair):
    left, right = pair
    todo, done = deque(word), deque()
    while todo:
        first = todo.popleft()
        if first == left and todo and todo[0] == right:
            first += todo.popleft()
        done.append(first)
    return tuple(done)
