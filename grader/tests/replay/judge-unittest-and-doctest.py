# A TestCase of the source's, and the examples in the answer's own docstring.
# %% cases | locked
import io, unittest, doctest
class TestF(unittest.TestCase):
    def setUp(self): self.cases = {2: 4, 3: 9}
    def test_squares(self):
        for x, y in self.cases.items():
            with self.subTest(x=x): self.assertEqual(f(x), y)
    def test_text(self):
        with self.assertRaises(TypeError): f("a")
# %% f | answer
def f(x):
    """Square it.

    >>> f(2)
    4
    """
    return x * x
# %% t | test 2
suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestF)
result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
assert result.wasSuccessful() and result.testsRun == 2
# %% u | test 2
done = doctest.DocTestRunner(verbose=False)
for example in doctest.DocTestFinder().find(f, "f", globs={"f": f}): done.run(example, out=lambda s: None)
assert done.tries == 1 and done.failures == 0
# == honest: two examples in one | stock t=2 u=2
# %% f
def f(x):
    '''
    >>> f(-3)
    9'''
    return x ** 2
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x):
    """
    >>> f(2)
    4
    """
    return 7
# == half: no example | stock t=2 u=0
# %% f
def f(x): return x * x
# == attack: cases of its own | stock t=2 u=0 | ours t=0: the cases are the source's
# %% f
def f(x): return 7
# %% + f
class TestF(unittest.TestCase):
    def test_a(self): pass
    def test_b(self): pass
