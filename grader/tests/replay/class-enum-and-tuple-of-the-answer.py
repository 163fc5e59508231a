# The answer defines an Enum, a NamedTuple and a dataclass.
# %% kinds | answer
from enum import Enum
from typing import NamedTuple
from dataclasses import dataclass
class Suit(Enum):
    HEARTS, SPADES = 1, 2
class Card(NamedTuple):
    suit: Suit
    rank: int = 1
@dataclass(order=True)
class Hand:
    n: int
# %% t | test 2
assert [s.name for s in Suit] == ["HEARTS", "SPADES"] and Suit["SPADES"].value == 2
assert Suit(1) == Suit.HEARTS and len(Suit) == 2
# %% u | test 2
c = Card(Suit.SPADES, 3)
assert c.rank == 3 and c[1] == 3 and c == (Suit.SPADES, 3) and Card._fields == ("suit", "rank")
suit, rank = c
assert rank == 3
# %% v | test 1
assert Hand(1) == Hand(1) and Hand(1) < Hand(2) and repr(Hand(3)) == "Hand(n=3)"
# == honest: in other words | stock t=2 u=2 v=1
# %% kinds
import collections, enum, dataclasses
Suit = enum.Enum("Suit", "HEARTS SPADES")
Card = collections.namedtuple("Card", "suit rank")
Hand = dataclasses.make_dataclass("Hand", [("n", int)], order=True)
# == wrong: other values | stock t=0 u=0 v=0
# %% kinds
import enum, collections
Suit = enum.Enum("Suit", "SPADES HEARTS")
Card = collections.namedtuple("Card", "rank suit")
class Hand:
    def __init__(self, n): self.n = n
# == stub: unwritten | stock t=0 u=0 v=0
# %% kinds
# YOUR CODE HERE
raise NotImplementedError()
