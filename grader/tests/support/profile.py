"""The course's profile, as what is graded in tests may see of it."""

from course.authoring.exercises import ROOT
from nbexaminer.profile import profile_of

PROFILE = profile_of(ROOT)
