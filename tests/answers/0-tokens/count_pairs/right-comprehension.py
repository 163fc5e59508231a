def count_pairs(words):
    places = [(w[i], w[i + 1], n) for w, n in words.items() for i in range(len(w) - 1)]
    pairs = {(left, right) for left, right, _ in places}
    if len(places) > 1000:
        totals = dict.fromkeys(pairs, 0)
        for left, right, n in places:
            totals[left, right] += n
        return totals
    return {p: sum(n for left, right, n in places if (left, right) == p) for p in pairs}
