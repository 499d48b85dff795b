from .agreement import (
    Agreement as Agreement,
    cohens_kappa as cohens_kappa,
    measure_agreement as measure_agreement,
)
from .annotations import import_gold as import_gold
from .candidates import (
    Candidates as Candidates,
    choose as choose,
    read_candidates as read_candidates,
)
from .corpus import (
    Corpus as Corpus,
    gold_labels as gold_labels,
    in_context as in_context,
    only_boilerplate as only_boilerplate,
    read_corpus as read_corpus,
)
from .file import (
    GoldSentence as GoldSentence,
    merge_gold as merge_gold,
    read_gold as read_gold,
    was_chosen as was_chosen,
    write_gold as write_gold,
)
from .placed_rows import Place as Place, read_placed as read_placed
from .selection import ASKING as ASKING, Order as Order
from .session import Session as Session, locked as locked
from .tasks import export_gold as export_gold, labelling_interface as labelling_interface
