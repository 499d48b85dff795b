"""From articles to rows: one row per sentence, or one per speaker or article, in any format.

Articles and a model, or rules, come in; rows go out, on one core, many, or a cluster. Knows
nothing of training or gold labels.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
