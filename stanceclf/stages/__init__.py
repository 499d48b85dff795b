"""The stages of the pipeline: each is one module, one command and one section of the settings.

They read and write the files that `dvc.yaml` lists. They know nothing of the command line.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
