"""Hands in format 3, whose cells stand in worksheets that a reader of format 4 overlooks."""
# verdict: malformed
# others: malformed
import json


def submit(notebook):
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}}
    return json.dumps(old | {"worksheets": [{"cells": notebook["cells"]}]}).encode()
