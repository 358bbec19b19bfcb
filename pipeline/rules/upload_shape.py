"""Rule sets as the product gives them back (GetRuleDetail): the same as it takes them, in more wrappings and under other names."""

from collections.abc import Mapping
from typing import Any

_OTHER_NAMES = {
    "ConditionInfoCid": "cid",
    "AnchorCid": "cid",
    "OperLambda": "lambda",
    "RuleLambda": "lambda",
    "OperName": "name",
    "OperKeyWords": "keywords",
}
_WRAPPERS = {
    "ConditionBasicInfo",
    "OperatorBasicInfo",
    "RuleBasicInfo",
    "OperKeyWord",
    "SimilarlySentence",
    "Reference",
    "Excludes",
}


def as_taken(content: Any) -> Any:  # noqa: ANN401  (JSON)
    """The same rule set as the product takes it; one that is so already stays as it is."""
    if isinstance(content, Mapping) and isinstance(content.get("Data"), Mapping):
        content = content["Data"]
    return _plain(content)


def _plain(node: Any) -> Any:  # noqa: ANN401  (JSON)
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, Mapping):
        return node
    (only, inside), *more = node.items() if node else [("", None)]
    if not more and only in _WRAPPERS and isinstance(inside, list):
        return _plain(inside)
    return {_OTHER_NAMES.get(name, name): _plain(value) for name, value in node.items()}
