from .corpus import predict_corpus as predict_corpus
from .dask_frame import predict_frame as predict_frame
from .formats import (
    write_predictions as write_predictions,
    write_standings as write_standings,
)
from .parquet import write_parquet as write_parquet
from .parts import PartForm as PartForm, parts_folder as parts_folder
from .pieces import ReadOptions as ReadOptions, is_large as is_large
from .rows import Prediction as Prediction, predict_articles as predict_articles
from .rule_rows import apply_rules as apply_rules, fitted_label_model as fitted_label_model
from .standing import standings as standings
