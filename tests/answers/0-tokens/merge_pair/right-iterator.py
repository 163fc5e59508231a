def merge_pair(word, pair):
    def symbols():
        it = iter(word)
        held = next(it, None)
        for symbol in it:
            if held is None:
                held = symbol
            elif (held, symbol) == pair:
                yield held + symbol
                held = None
            else:
                yield held
                held = symbol
        if held is not None:
            yield held

    return tuple(symbols())
