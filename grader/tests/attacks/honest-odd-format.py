"""An honest answer with semicolons, tabs, lambdas, magics and trailing blanks."""
# verdict: passed
%matplotlib inline
%config InlineBackend.figure_format = 'png'
import math as m; import torch as T   
softmax = lambda x, dim = -1 : (
		(lambda e: e / e . sum ( dim , keepdim = True ) )
	( T . exp ( x - x . max ( dim , keepdim = True ) . values ) )   
) ;
!true
softmax?
