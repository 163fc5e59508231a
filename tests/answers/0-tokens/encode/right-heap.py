import heapq


def encode(text, merges):
    rank = {tuple(pair): i for i, pair in enumerate(merges)}
    ids = []
    for match in re.finditer(r" ?\w+| ?[^\w\s]+|\s+", text):
        word = [bytes([b]) for b in match[0].encode()]
        numbers = list(match[0].encode())
        while True:
            heap = [(rank[p], k) for k, p in enumerate(zip(word, word[1:])) if p in rank]
            if not heap:
                break
            heapq.heapify(heap)
            i, k = heap[0]
            word[k : k + 2] = [word[k] + word[k + 1]]
            numbers[k : k + 2] = [256 + i]
        ids += numbers
    return tuple(ids)
