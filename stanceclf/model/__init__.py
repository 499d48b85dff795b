"""The frozen model: what it predicts and why, and the files that hold it.

Sentences come in; stances, probabilities and explanations go out. Runs on numpy and RE2 alone.
Knows nothing of how it was trained.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
