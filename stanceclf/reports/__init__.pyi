from .agreement import agreement_report as agreement_report
from .article import article_page as article_page
from .card import model_card as model_card
from .dataset import export_dataset as export_dataset
from .examples import curve_report as curve_report, example_report as example_report
from .explanation import explanation_report as explanation_report
from .rules import RulePage as RulePage, rule_page as rule_page
from .score import score_report as score_report
from .suggestions import suggestion_report as suggestion_report
from .tables import evaluation_report as evaluation_report, rule_table_report as rule_table_report
