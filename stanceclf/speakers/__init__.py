"""Who says a sentence: turns of interviews, quotations, and frames such as 方汉认为.

Sentences come in; each goes out with its speaker and voice. Nobody is looked up in a list.
Knows nothing of what is said, nor of the topic.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
