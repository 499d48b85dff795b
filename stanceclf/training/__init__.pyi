from .classifier import StanceClassifier as StanceClassifier
from .config import (
    EvaluateConfig as EvaluateConfig,
    LabelConfig as LabelConfig,
    SentencesConfig as SentencesConfig,
    TrainConfig as TrainConfig,
    load_config as load_config,
)
from .context import fit_contexts as fit_contexts
from .cross_validation import (
    Split as Split,
    fitted_by_fold as fitted_by_fold,
)
from .data import (
    TrainingData as TrainingData,
    make_classifier as make_classifier,
    read_training_data as read_training_data,
    read_whole as read_whole,
    stream_tested as stream_tested,
)
from .examples import (
    EXAMPLES as EXAMPLES,
    Example as Example,
    read_examples as read_examples,
    scan_examples as scan_examples,
)
from .overlap import Overlap as Overlap, similar_pairs as similar_pairs
from .samples import TrainingSet as TrainingSet, examples_of as examples_of, gather as gather
