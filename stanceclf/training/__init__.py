"""Training a classifier on weak labels, cross-validation by article, and the stages' settings.

Labelled sentences come in; fitted `StanceClassifier` objects go out. Knows nothing of scores.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
