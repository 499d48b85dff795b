from .agreement import (
    Agreement as Agreement,
    cohens_kappa as cohens_kappa,
    measure_agreement as measure_agreement,
)
from .annotations import add_annotations as add_annotations
from .candidates import (
    Candidates as Candidates,
    read_candidates as read_candidates,
    sentences_to_export as sentences_to_export,
)
from .corpus import (
    Corpus as Corpus,
    gold_labels as gold_labels,
    in_context as in_context,
    in_reading_order as in_reading_order,
    read_corpus as read_corpus,
)
from .file import (
    GoldSentence as GoldSentence,
    read_gold as read_gold,
    was_chosen as was_chosen,
)
from .labelled import Labelled as Labelled, read_labelled as read_labelled
from .placed_rows import Place as Place, read_placed as read_placed
from .selection import ASKING as ASKING, Order as Order
from .session import Session as Session
from .tasks import export_gold as export_gold, labelling_interface as labelling_interface
