from .arrays import (
    Codes as Codes,
    Flags as Flags,
    Ints as Ints,
    among as among,
    decode as decode,
    encode as encode,
    following as following,
    ranges as ranges,
)
from .batch import SEPARATOR as SEPARATOR
from .clauses import ABOUT as ABOUT, About as About
from .lexicons import Lexicon as Lexicon, Spans as Spans, cuts_latin as cuts_latin
from .mentions import (
    BOTH as BOTH,
    MARKS as MARKS,
    NEITHER as NEITHER,
    OTHER_SIDE as OTHER_SIDE,
    RIVAL as RIVAL,
    TARGET as TARGET,
    Side as Side,
)
from .reader import Reader as Reader, Reading as Reading, Readings as Readings
from .topic import LONGEST_WORD as LONGEST_WORD, Topic as Topic
from .topic_file import YamlWord as YamlWord, load_topic as load_topic
from .trie import Alphabet as Alphabet, Trie as Trie
