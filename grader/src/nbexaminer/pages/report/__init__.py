"""The class report: facts, what they come to, pictures, the page."""
