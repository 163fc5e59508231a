"""The class report: facts and what they come to, and the page."""
