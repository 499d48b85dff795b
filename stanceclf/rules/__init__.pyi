from .definition import Rule as Rule
from .distinct_votes import DistinctVotes as DistinctVotes
from .file import (
    ReadRules as ReadRules,
    load_rules as load_rules,
    load_voter as load_voter,
    read_voter as read_voter,
)
from .matches import (
    OUTCOMES as OUTCOMES,
    Hit as Hit,
    Match as Match,
    Outcome as Outcome,
    find_hits as find_hits,
    find_matches as find_matches,
)
from .patterns import LONGEST_PATTERN as LONGEST_PATTERN, Pattern as Pattern
from .voter import Voter as Voter, make_voter as make_voter
from .weak_labels import (
    LABEL_MODEL_NAMES as LABEL_MODEL_NAMES,
    LabelModel as LabelModel,
    LabelModelName as LabelModelName,
    WeakLabels as WeakLabels,
    label_indices as label_indices,
)
