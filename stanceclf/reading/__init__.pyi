from .batch import SEPARATOR as SEPARATOR, Codes as Codes, decode as decode, encode as encode
from .clauses import ABOUT as ABOUT, About as About
from .lexicons import (
    Lexicon as Lexicon,
    among as among,
    cuts_latin as cuts_latin,
    following as following,
)
from .mentions import (
    BOTH as BOTH,
    MARKS as MARKS,
    OTHER_SIDE as OTHER_SIDE,
    RIVAL as RIVAL,
    TARGET as TARGET,
    Side as Side,
)
from .negation import taking_back as taking_back
from .reader import Reader as Reader, Reading as Reading, Readings as Readings
from .topic import Topic as Topic
from .topic_file import load_topic as load_topic
from .trie import Ints as Ints, Trie as Trie
