"""TF-IDF of n-grams that know whether they are said of the target or of its rival.

Readings come in; sparse matrices, or sums over known n-grams, go out. Knows nothing of rules,
labels or the classifier.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
