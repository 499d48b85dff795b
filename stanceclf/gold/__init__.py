"""Labels by hand: their file, the choice of sentences, annotation, exchange and agreement.

Sentences come in; gold labels, each at its place in an article, go out. Knows nothing of
training or evaluation.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
