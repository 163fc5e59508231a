"""The tokenizer of exercise 0 is what the papers say, for any text."""

import time

import pytest
from tokenizers import Tokenizer
from tokenizers.models import BPE

from helpers.weights import austen_text
from reference.tokens import (
    count_pairs,
    count_words,
    decode,
    encode,
    merge_pair,
    split_words,
    train_bpe,
    vocabulary,
)

SENTENCE = "The keys to the cabinet are on the table."
ODD_TEXTS = [
    "",
    " ",
    "\n\n  a\t",
    "Straße, 3 € 日本語 \U0001f600",
    "a_b c--d ...",
    "\r\n\0x",
    "  The",
]


@pytest.mark.parametrize("text", [SENTENCE, *ODD_TEXTS])
def test_no_character_is_lost_between_words(text):
    """A tokenizer that drops one could not give the text back."""
    assert "".join(split_words(text)) == text
    words = count_words(text)
    assert sum(words.values()) == len(split_words(text))
    assert {len(symbol) for word in words for symbol in word} <= {1}


def test_overlapping_pairs_count_and_are_merged_from_the_left():
    assert count_pairs({(b"a", b"a", b"a"): 3}) == {(b"a", b"a"): 6}
    assert merge_pair((b"a", b"a", b"a"), (b"a", b"a")) == (b"aa", b"a")
    assert merge_pair((b"a",), (b"a", b"a")) == (b"a",)


def test_the_lessons_sentence_is_merged_as_by_hand():
    merges = train_bpe(SENTENCE, 4)
    assert merges == [(b" ", b"t"), (b"h", b"e"), (b" t", b"he"), (b"a", b"b")]
    assert encode(" the table", merges) == [258, 256, 259, ord("l"), ord("e")]


def _plainly(text, n_merges):
    """As the contract says it, without keeping anything from one merge to the next."""
    words, merges = count_words(text), []
    for _ in range(n_merges):
        counts = count_pairs(words)
        if not counts:
            break
        most = max(counts.values())
        merges.append(min(pair for pair in counts if counts[pair] == most))
        words = {merge_pair(word, merges[-1]): n for word, n in words.items()}
    return merges


@pytest.mark.parametrize(
    "text", [SENTENCE, "aaa aaaa aa", *ODD_TEXTS, austen_text()[50_000:60_000]]
)
def test_what_is_kept_between_merges_changes_none(text):
    """The lesson's merges would differ from those of a learner who counts anew each time."""
    assert train_bpe(text, 150) == _plainly(text, 150)


def test_three_hundred_merges_on_a_novel_take_seconds():
    """A cell of the lesson would keep its reader waiting."""
    begin = time.monotonic()
    merges = train_bpe(austen_text()[:200_000], 300)
    assert len(merges) == 300 and time.monotonic() - begin < 20


@pytest.mark.parametrize("text", [SENTENCE, *ODD_TEXTS, austen_text()[-3_000:]])
@pytest.mark.parametrize("trained_on", [SENTENCE, austen_text()[:20_000], "日本語 日本 本"])
def test_what_is_encoded_is_decoded(text, trained_on):
    merges = train_bpe(trained_on, 60)
    assert decode(encode(text, merges), merges) == text


def test_ids_are_those_of_another_implementation():
    """Of Hugging Face's, which real models use."""
    merges = train_bpe(austen_text()[:50_000], 200)

    def letters(token):
        return "".join(chr(0x4E00 + b) for b in token)

    tokens = vocabulary(merges)
    assert len(set(tokens)) == len(tokens)
    vocab = {letters(token): i for i, token in enumerate(tokens)}
    theirs = Tokenizer(BPE(vocab, [(letters(left), letters(right)) for left, right in merges]))
    text = austen_text()[-5_000:]
    ids = [i for word in split_words(text) for i in theirs.encode(letters(word.encode())).ids]
    assert encode(text, merges) == ids


def test_what_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="n_merges is -1"):
        train_bpe(SENTENCE, -1)
    for wrong in (-1, 257):
        with pytest.raises(ValueError, match=f"ids holds {wrong}"):
            decode([97, wrong], [(b"a", b"b")])


def test_half_a_character_becomes_a_replacement():
    assert decode([99, 0xC3, 0xA9], []) == "cé"
    assert decode([99, 0xC3], []) == "c\ufffd"
