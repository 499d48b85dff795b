from .additions import add_rules as add_rules
from .check import (
    Finding as Finding,
    check_rules as check_rules,
    count_mentioning as count_mentioning,
)
from .example_check import check_examples as check_examples
from .example_stats import (
    EXAMPLE_COLUMNS as EXAMPLE_COLUMNS,
    ExampleRow as ExampleRow,
    example_stats as example_stats,
)
from .project import (
    ARTICLES as ARTICLES,
    TOPIC as TOPIC,
    make_project as make_project,
)
from .suggestion_file import write_suggestions as write_suggestions
from .suggestions import Suggestion as Suggestion, suggest_rules as suggest_rules
from .table import (
    RULE_COLUMNS as RULE_COLUMNS,
    RuleRow as RuleRow,
    judged_table as judged_table,
    most_in_need as most_in_need,
    rule_stats as rule_stats,
)
