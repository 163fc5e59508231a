# A test puts another function in the place of the source's that the answer calls.
# %% fetch | locked
def fetch(url): return "real " + url
# %% f | answer
def title(url): return fetch(url).upper()
# %% t | test 1
assert title("a") == "REAL A"
# %% u | test 2
from unittest.mock import patch
with patch("__main__.fetch", return_value="fake") as fake:
    assert title("b") == "FAKE"
fake.assert_called_once_with("b")
# %% v | test 1
kept, fetch = fetch, lambda url: "other"
assert title("c") == "OTHER"
fetch = kept
# %% w | test 1
assert title("d") == "REAL D"
# == honest: two steps | stock t=1 u=2 v=1 w=1
# %% f
def title(url):
    page = fetch(url)
    return page.upper()
# == wrong: does not fetch | stock t=1 u=0 v=0 w=1
# %% f
def title(url): return ("real " + url).upper()
# == half: fetches when it is defined | stock t=1 u=0 v=0 w=1
# %% f
def title(url, get=fetch): return get(url).upper()
