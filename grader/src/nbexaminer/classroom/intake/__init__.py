"""What was handed in: whose it is, when it came, and what may be taken of it.

Others use `taking` for submitted folders and the exchange's drop box; `names`, `times` and `files`
for what a learner named, dated and made; `exchange_safety` says who can reach the exchange.
"""
