"""Replaces sys.displayhook and excepthook, the way an error would come to light."""
# verdict: failed
# in: extra
import sys

sys.displayhook = lambda value: None
sys.excepthook = lambda *a: None
sys.unraisablehook = lambda *a: None
