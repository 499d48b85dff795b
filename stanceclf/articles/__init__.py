"""From files to sentences: text, web pages, Word documents and tables in any Chinese encoding.

Files or URLs come in; articles, and the sentences in them with their offsets, go out. Knows
nothing of stances, targets or rules.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
