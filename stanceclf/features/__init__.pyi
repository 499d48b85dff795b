from .ngrams import (
    Feature as Feature,
    NgramAnalyzer as NgramAnalyzer,
    check_features as check_features,
    check_texts as check_texts,
)
from .tokens import segmenter as segmenter
from .vectorizer import TargetAwareVectorizer as TargetAwareVectorizer
from .vocabulary import Vocabulary as Vocabulary, tf_idf as tf_idf
