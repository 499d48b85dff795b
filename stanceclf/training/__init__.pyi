from .classifier import StanceClassifier as StanceClassifier
from .config import (
    EvaluateConfig as EvaluateConfig,
    LabelConfig as LabelConfig,
    SentencesConfig as SentencesConfig,
    TrainConfig as TrainConfig,
    load_config as load_config,
)
from .cross_validation import (
    Split as Split,
    all_but_own as all_but_own,
    fitted_by_fold as fitted_by_fold,
    stance_probabilities as stance_probabilities,
)
from .examples import TrainingSet as TrainingSet, gather as gather
from .material import (
    Material as Material,
    make_classifier as make_classifier,
    read_material as read_material,
    stream_tested as stream_tested,
)
