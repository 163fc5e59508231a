"""Imports the course's own solution."""
# verdict: error
from helpers.attention import softmax
