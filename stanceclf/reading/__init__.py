"""How a sentence is understood: what its clauses are about, and what they deny, ask or compare.

Sentences and a topic come in; arrays of their words, mentions, clauses and negators go out, for
many sentences at once. Knows nothing of rules, features or stances.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
