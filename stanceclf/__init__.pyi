from .articles import Article as Article, read_articles as read_articles
from .errors import StanceclfError as StanceclfError
from .evaluation import score as score
from .gold import read_labelled as read_labelled
from .model import StanceModel as StanceModel, load as load, save as save
from .prediction import (
    predict_articles as predict_articles,
    predict_corpus as predict_corpus,
    predict_frame as predict_frame,
    standings as standings,
)
from .reading import Topic as Topic, load_topic as load_topic
from .rules import load_rules as load_rules
from .training import StanceClassifier as StanceClassifier

__version__: str
__all__: list[str]
