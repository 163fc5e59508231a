"""Nests lists until a parser's stack overflows."""
# verdict: malformed
# others: malformed
def submit(notebook):
    return b'{"nbformat": 4, "cells": ' + b"[" * 400_000 + b"]" * 400_000 + b"}"
