"""What people read: pages of articles and rules, cards, tables in a terminal, the dataset export.

Results of the other packages come in; HTML, Markdown and rich tables go out. Computes no
result of its own.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
