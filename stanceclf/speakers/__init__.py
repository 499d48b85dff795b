"""Who says a sentence: turns of interviews, quotations, and frames such as 方汉认为.

Articles come in; each of their sentences goes out with its speaker and voice. Names are recognized
by their form, not looked up. Knows nothing of topics, and nothing of what is said.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
