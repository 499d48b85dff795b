from .agreement import Agreement as Agreement, measure_agreement as measure_agreement
from .candidates import (
    Candidates as Candidates,
    choose as choose,
    in_context as in_context,
    read_candidates as read_candidates,
)
from .corpus import (
    Corpus as Corpus,
    gold_labels as gold_labels,
    only_boilerplate as only_boilerplate,
    read_corpus as read_corpus,
)
from .exchange import (
    export_gold as export_gold,
    import_gold as import_gold,
    merge_gold as merge_gold,
)
from .file import (
    GoldSentence as GoldSentence,
    read_gold as read_gold,
    was_chosen as was_chosen,
    write_gold as write_gold,
)
from .label_studio import interface as interface
from .placed_rows import read_placed as read_placed
from .selection import ASKING as ASKING, Order as Order
from .session import Session as Session, locked as locked
