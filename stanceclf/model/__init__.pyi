from .context import REACH as REACH, Context as Context
from .decisions import (
    probabilities as probabilities,
    rule_log_odds as rule_log_odds,
    stance_probabilities as stance_probabilities,
)
from .explanations import Explanation as Explanation
from .file import load as load, read_model as read_model, save as save
from .frozen import StanceModel as StanceModel
from .held_out_file import load_held_out as load_held_out, save_held_out as save_held_out
from .origin import Origin as Origin
from .reasons import Reason as Reason, find_reasons as find_reasons
from .record import (
    check_record as check_record,
    record_path as record_path,
    write_record as write_record,
)
from .state import FORMAT as FORMAT, State as State, fingerprint as fingerprint
from .summary import summarize as summarize
