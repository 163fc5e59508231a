"""The words on which lesson 04 measures models, the sentences of 07, 08, 10 and 13 to 15, and what
is asked of each.

A survey set serves to choose a head, a fresh one to test the choice; they share no sentence. Most
examples come in balanced sets: each with the two nouns in either order, so that a head that only
goes by position is right in half of them.

All nouns, pronouns and verbs that are asked about are single tokens of MiniLM, which lowercases
them, and each occurs once in its sentence.
"""

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor


class Example(NamedTuple):
    """In `sentence`, does `query` look at `right` more than at `rival`? All three are tokens."""

    sentence: str
    query: str
    right: str
    rival: str


SURVEY = [
    "The keys to the cabinet are on the table.",
    "Rain fell on the quiet harbour all night, and nobody slept.",
    "Mary thanked her brother because he had mended the old clock.",
    "A small dog chased the cat across the garden.",
    "The committee will vote on the new budget tomorrow.",
    "Nobody knows who painted this wall, but everybody likes it.",
    "When the music stopped, the dancers left the hall in silence.",
    "Fresh bread smells best early in the morning.",
]

FRESH = [
    "The old man fed a stray cat.",
    "A storm broke the tall tree behind our house.",
    "Her friends are waiting at the station.",
    "The book that she bought was expensive.",
    "Two boys built a boat from wood, and it floated.",
    "The teacher praised the girl because she had worked hard.",
    "Snow covers the mountains in winter.",
    "We drank coffee and talked about the election.",
    "The price of oil rose again last week.",
    "Children learn a language without being taught.",
    "If the train is late, we will miss the concert.",
    "Most birds fly south before the first frost.",
    "The doctor told him to stay in bed.",
    "Nobody had opened the letters on the desk.",
    "My computer needs more memory for this program.",
    "They sang until the sun came up.",
]

CAPITAL_OF = {
    "Australia": "Canberra",
    "Brazil": "Bras",  # with í or i
    "Canada": "Ottawa",
    "Egypt": "Cairo",
    "France": "Paris",
    "India": "New Delhi",
    "Japan": "Tokyo",
    "Kenya": "Nairobi",
    "Norway": "Oslo",
    "Peru": "Lima",
    "Portugal": "Lisbon",
    "Turkey": "Ankara",
}
"""Countries, each a single token of SmolLM2, and how their capital begins. For lesson 13."""

SYSTEM_TURN = (
    "<|im_start|>system\n"
    "You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
)
"""What SmolLM2's own template puts before a conversation without a system turn. For lesson 13."""

# {a} and {b} are the two people, {p} is the pronoun.
_PRONOUNS_SURVEY = [
    ("The {a} greeted the {b} because {p} had come late.", "king", "queen"),
    ("The {a} thanked the {b} when {p} left the house.", "boy", "girl"),
    ("The {a} called the {b} before {p} went to work.", "father", "mother"),
    ("The {a} visited the {b} while {p} was ill.", "uncle", "aunt"),
    ("The {a} followed the {b} because {p} knew the way.", "actor", "actress"),
    ("The {a} wrote to the {b} after {p} had heard the news.", "prince", "princess"),
]
_PRONOUNS_FRESH = [
    ("The {a} ignored the {b} because {p} was angry.", "waiter", "waitress"),
    ("The {a} told the {b} that {p} had lost the tickets.", "husband", "wife"),
    ("The {a} met the {b} when {p} came home.", "brother", "sister"),
    ("The {a} waved to the {b} as {p} crossed the street.", "man", "woman"),
    ("The {a} asked the {b} whether {p} was hungry.", "grandfather", "grandmother"),
    ("The {a} wrote to the {b} because {p} needed help.", "monk", "nun"),
    ("The {a} paid the {b} before {p} opened the door.", "son", "daughter"),
    ("The {a} helped the {b} until {p} could walk again.", "duke", "duchess"),
]
# The pronoun cannot mean the person that follows it: "He left before the king met the queen."
_PRONOUNS_FORBIDDEN = [
    "{p} left before the {a} met the {b}.",
    "{p} knew that the {a} had seen the {b}.",
]
# Two people of one gender. With the first ending {a} is meant, with the second one {b}.
_ONE_GENDER = [
    (
        "The {a} thanked the {b} because he had {e}.",
        "king",
        "prince",
        "received help",
        "given help",
    ),
    ("The {a} punished the {b} because he was {e}.", "father", "boy", "strict", "naughty"),
    ("The {a} called the {b} because she {e}.", "mother", "aunt", "needed advice", "gave advice"),
    ("The {a} hired the {b} because he needed {e}.", "duke", "monk", "a servant", "a job"),
    ("The {a} paid the {b} because he had {e} the house.", "waiter", "actor", "bought", "sold"),
    ("The {a} followed the {b} because she {e} the way.", "duchess", "nun", "forgot", "knew"),
    ("The {a} carried the {b} because he was so {e}.", "man", "husband", "strong", "weak"),
    ("The {a} visited the {b} because she was {e}.", "daughter", "wife", "worried", "ill"),
    ("The {a} feared the {b} because he was so {e}.", "brother", "son", "timid", "cruel"),
    ("The {a} asked the {b} because she {e} the answer.", "girl", "queen", "wanted", "knew"),
    ("The {a} paid the {b} after he had {e} the work.", "uncle", "grandfather", "seen", "done"),
    ("The {a} beat the {b} although she was {e}.", "sister", "actress", "weaker", "stronger"),
]

# A subject, a noun of the other number (the attractor), and a verb that agrees with the subject.
_NOUNS = [
    ("keys", "cabinet", "are"),
    ("labels", "bottle", "were"),
    ("roses", "garden", "were"),
    ("windows", "house", "are"),
    ("books", "shelf", "are"),
    ("roads", "village", "were"),
    ("guards", "prisoner", "were"),
    ("letters", "teacher", "are"),
    ("players", "coach", "were"),
    ("pictures", "wall", "are"),
    ("cars", "driver", "were"),
    ("songs", "band", "are"),
    ("doors", "castle", "were"),
    ("leaves", "tree", "are"),
    ("boats", "captain", "were"),
]
SUBJECT_TEMPLATES = {
    "subject right before the verb": "The {s} {v} old. The {a} is new.",
    "attractor between them": "The {s} of the {a} {v} old.",
    "a clause between them": "The {s} that the {a} liked {v} old.",
    "attractor first": "Near the {a} the {s} {v} old.",
    "another subject first": "The {a} knew that the {s} {v} old.",
}

# Two texts and the noun that they share.
TWO_TEXTS = [
    ("The dog slept under the table.", "A table stood in the old kitchen.", "table"),
    ("My sister plays the violin at night.", "He sold his violin to a neighbour.", "violin"),
    ("The storm damaged the bridge.", "They painted the bridge in spring.", "bridge"),
    ("A soldier read the letter twice.", "She burned the letter without a word.", "letter"),
    ("We saw an owl in the forest.", "The forest grows behind the church.", "forest"),
    ("The teacher lost her umbrella.", "An umbrella leaned against the door.", "umbrella"),
]

# Lesson 10: a story and a recipe, on which it measures a loss, and what SmolLM2 goes on with.
TWO_STYLES = [
    "The castle stood on a hill above the river. In the evening, when the light faded, the old "
    "gardener closed the gate and walked slowly home to his wife, who was waiting with supper.",
    "Bread is made from flour, water, salt and yeast. The dough is kneaded, left to rise, shaped "
    "and baked until the crust is brown.",
]
BEGUN = ["The capital of France is", "Monday, Tuesday, Wednesday, Thursday,"]


# Lesson 14. Made-up names, of three tokens or more, each with a text that mentions it twice.
MADE_UP_NAMES = {
    "Xaltropin": "The wizard {} lost his hat. Nobody but the wizard {}",
    "Brenvolaq": "Doctor {} opened the door. Outside stood the wife of Doctor {}",
    "Quorzemil": "The river {} is deep. In summer children swim in the river {}",
    "Tavrolix": "A horse named {} won the race. Everybody cheered for {}",
    "Ombraquel": "They sailed to the island of {}. It rained all week on the island of {}",
    "Zyndrathe": "The planet {} has two moons. No ship has landed on the planet {}",
    "Plivoretta": "Her aunt {} baked a cake. We ate it all and thanked aunt {}",
    "Skarnobel": "The village of {} burned down. Nobody lives in the village of {}",
}


# Lesson 15. Beginnings of sentences that SmolLM2 continues rightly, each with the next token. The
# beginnings of one list have as many tokens as each other and differ in one, the fourth of five.
CAPITALS = {
    "The capital of France is": " Paris",
    "The capital of Italy is": " Rome",
    "The capital of Japan is": " Tokyo",
    "The capital of Germany is": " Berlin",
    "The capital of England is": " London",
    "The capital of Greece is": " Athens",
}
OPPOSITES = {
    "The opposite of hot is": " cold",
    "The opposite of up is": " down",
    "The opposite of black is": " white",
    "The opposite of left is": " right",
    "The opposite of big is": " small",
    "The opposite of dark is": " light",
}
# More of them, to test what was seen on the first.
CAPITALS_FRESH = {
    "The capital of Spain is": " Madrid",
    "The capital of China is": " Beijing",
    "The capital of Russia is": " Moscow",
    "The capital of Austria is": " Vienna",
    "The capital of Portugal is": " Lisbon",
    "The capital of Chile is": " Santiago",
}
OPPOSITES_FRESH = {
    "The opposite of good is": " bad",
    "The opposite of old is": " new",
    "The opposite of wet is": " dry",
    "The opposite of strong is": " weak",
    "The opposite of open is": " closed",
    "The opposite of fast is": " slow",
}
# Another question about countries, of four tokens, the third of which tells them apart.
LANGUAGES = {
    "People in France speak": " French",
    "People in Italy speak": " Italian",
    "People in Japan speak": " Japanese",
    "People in Greece speak": " Greek",
    "People in Spain speak": " Spanish",
    "People in Russia speak": " Russian",
}


# The tokens of the tiny models of lesson 14, by their ids.
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-"


def repeated_letters(
    batch: int, periods: tuple[int, int], generator: torch.Generator, n: int = 48
) -> tuple[Tensor, Tensor]:
    """Texts that repeat: ids of `LETTERS`, `(batch, n)`, and the period of each, `(batch, 1)`.

    A period is between the two `periods`, both included. Within one, all letters differ, in an
    order of its own.
    """
    shortest, longest = periods
    period = torch.randint(shortest, longest + 1, (batch, 1), generator=generator)
    shuffled = torch.rand(batch, len(LETTERS), generator=generator).argsort(dim=-1)
    return shuffled.gather(1, torch.arange(n) % period), period


def in_letters(ids: Tensor) -> str:
    """Ids `(n,)` of `LETTERS` as a text."""
    return "".join(LETTERS[i] for i in ids)


def pronouns_survey() -> list[Example]:
    """24 examples from a pronoun to the person of its gender, balanced: to choose a head."""
    return _of_two_genders(_PRONOUNS_SURVEY)


def pronouns_fresh() -> list[Example]:
    """32 more, with other people and other sentences: to test the choice."""
    return _of_two_genders(_PRONOUNS_FRESH)


def pronouns_forbidden() -> list[Example]:
    """64 examples in which the pronoun stands first and, by grammar, means neither person; `right`
    is the one of its gender. The people are those of `pronouns_fresh`."""
    return _of_two_genders(
        [(template, he, she) for template in _PRONOUNS_FORBIDDEN for _, he, she in _PRONOUNS_FRESH]
    )


def pronouns_of_one_gender() -> list[tuple[Example, Example]]:
    """24 pairs about two people of one gender. The two sentences of a pair differ only behind the
    pronoun, where the ending decides who is meant: the first person, then the second."""
    pairs = []
    for template, one, other, first_ending, second_ending in _ONE_GENDER:
        pronoun = "she" if " she " in template else "he"
        for a, b in ((one, other), (other, one)):
            sentences = [template.format(a=a, b=b, e=e) for e in (first_ending, second_ending)]
            pairs.append(
                (Example(sentences[0], pronoun, a, b), Example(sentences[1], pronoun, b, a))
            )
    return pairs


def subjects(template: str) -> list[Example]:
    """15 examples from a verb to its subject, with an attractor as the rival.

    `template` is one of `SUBJECT_TEMPLATES`, or another with `{s}`, `{a}` and `{v}`.
    """
    return [Example(template.format(s=s, a=a, v=v), v, s, a) for s, a, v in _NOUNS]


def subjects_disagreeing() -> list[Example]:
    """15 ungrammatical ones, in which the verb agrees with the rival: "The cabinet with the keys
    are old." """
    return [Example(f"The {a} with the {s} {v} old.", v, a, s) for s, a, v in _NOUNS]


def without_pronoun(examples: Iterable[Example]) -> list[Example]:
    """The same sentences about "nobody", which is then the query: two people and no pronoun."""
    return [
        Example(e.sentence.replace(f" {e.query} ", " nobody "), "nobody", e.right, e.rival)
        for e in examples
    ]


def _of_two_genders(templates: Iterable[tuple[str, str, str]]) -> list[Example]:
    """Each template with both pronouns and with the two people in both orders."""
    return [
        Example(template.format(a=a, b=b, p=text), pronoun, right, rival)
        for template, he, she in templates
        for pronoun, right, rival in (("he", he, she), ("she", she, he))
        for text in [pronoun.capitalize() if template.startswith("{p}") else pronoun]
        for a, b in ((he, she), (she, he))
    ]


_PAIRS = """
king queen, dog cat, mother father, table chair, bread butter, summer winter, north south, red blue,
river lake, car truck, apple orange, hand foot, house home, sun moon, big large, fast quick,
road street, ship boat, gold silver, horse cow, night day, rain snow, book novel, wine beer,
shirt coat, salt sugar, hot cold, buy sell, teach learn, eye ear, boy girl, war battle, walk run
"""
RELATED = [pair.split() for pair in _PAIRS.split(",")]
"""Words that are related in meaning. For SmolLM2 each is one token, with a space before it. They
were put together before any of their vectors had been looked at."""

BY_MEANING = {
    "things in a room": ["table", "chair", "desk", "cabinet", "drawer"],
    "animals": ["dog", "cat", "horse", "cow", "bird"],
    "family": ["mother", "father", "sister", "son", "uncle"],
    "days": ["Monday", "Tuesday", "Wednesday", "Friday", "Sunday"],
    "numbers": ["two", "three", "five", "six", "seven"],
    "verbs": ["are", "is", "was", "were", "been"],
}
BY_SPELLING = {
    "with at": ["cat", "hat", "bat", "rat", "fat"],
    "with ing": ["king", "ring", "sing", "wing", "bring"],
    "with ight": ["light", "night", "right", "sight", "fight"],
    "with able": ["table", "able", "cable", "stable"],
    "with ear": ["year", "near", "bear", "fear", "dear"],
    "with ook": ["book", "look", "cook", "took", "hook"],
}
"""The maps of lesson 04: groups of words alike in meaning, and of words alike in their letters."""
