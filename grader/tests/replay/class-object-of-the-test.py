# Tests pass objects of their own classes and of locked ones, which the answer calls and changes.
# %% given | locked
class Cat:
    lives = 9
    def speak(self): return "miaow"
tom = Cat()
# %% f | answer
def listen(animal): return animal.speak().upper()
def hurt(animal): animal.lives -= 1
# %% t | test 2
class Dog:
    lives = 1
    def speak(self): return "woof"
assert listen(Dog()) == "WOOF" and listen(tom) == "MIAOW"
# %% u | test 2
hurt(tom)
rex = Dog()
hurt(rex)
assert tom.lives == 8 and rex.lives == 0 and Cat.lives == 9
# == honest: setattr | stock t=2 u=2
# %% f
def listen(animal):
    said = animal.speak()
    return said.upper()
def hurt(animal): setattr(animal, "lives", animal.lives - 1)
# == wrong: all of them are cats | stock t=0 u=0
# %% f
def listen(animal): return "MIAOW"
def hurt(animal): type(animal).lives -= 1
# == half: changes nothing | stock t=2 u=0
# %% f
def listen(animal): return animal.speak().upper()
def hurt(animal): return animal.lives - 1
