"""The frozen model: its predictions and their explanations, and the files it is saved in.

Sentences come in; stances, probabilities and explanations go out. Needs only numpy and RE2.
Knows nothing of how it was trained.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
