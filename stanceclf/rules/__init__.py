"""Keyword rules: their file, their votes, and the weak labels that the votes add up to.

Readings come in; votes, matches and weak labels go out. Knows nothing of features, gold labels
or the model.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
