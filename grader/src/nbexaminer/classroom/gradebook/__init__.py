"""What nbgrader's gradebook and our tables beside it hold of what was graded.

Others use `writer` for scores, the journal of what has been graded already, and penalties;
`shown` for what pages have of them; `attempts` for those of `serve`; `registration` for an exercise
as it stands in source/; and `dropping` for a question that no longer counts.
"""
