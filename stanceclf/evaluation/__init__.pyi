from .baselines import (
    plain_classifier as plain_classifier,
    plain_training as plain_training,
    snorkel_training as snorkel_training,
)
from .calibration import Calibration as Calibration
from .error_analysis import WorstError as WorstError, worst_errors as worst_errors
from .example_curve import ExampleCurve as ExampleCurve, example_curve as example_curve
from .held_out import HeldOut as HeldOut
from .masking import mask as mask
from .metrics import (
    Confusion as Confusion,
    Estimate as Estimate,
    Scores as Scores,
    compare as compare,
    wilson as wilson,
)
from .results import (
    SYSTEMS as SYSTEMS,
    Evaluation as Evaluation,
    by_article as by_article,
    weak_label_kappa as weak_label_kappa,
)
from .scoring import Score as Score, score as score
from .speakers import (
    SpeakerScores as SpeakerScores,
    read_speakers as read_speakers,
    score_speakers as score_speakers,
    speaker_figures as speaker_figures,
)
