from .evaluate import run_evaluate as run_evaluate
from .label import run_label as run_label
from .sentences import run_sentences as run_sentences
from .train import run_train as run_train
