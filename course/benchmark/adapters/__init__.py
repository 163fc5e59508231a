"""The graders that the benchmark knows; one more is a module here, and a line below."""

from course.benchmark.adapters.nbexaminer import NBExaminer
from course.benchmark.adapters.nbgrader import NBGrader
from course.benchmark.adapters.otter import Otter
from course.benchmark.contract import Grader

GRADERS: dict[str, Grader] = {grader.name: grader for grader in (NBExaminer(), NBGrader(), Otter())}
