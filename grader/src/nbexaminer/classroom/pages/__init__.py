"""Pages that people read: `feedback` for a learner, `report` for the instructor.

`markup` and `formulas` make text, code and formulas harmless HTML, for both.
"""
