"""YAML that people wrote: what would fill memory or break the reader is refused before anything is built from it."""

from typing import cast

import yaml

_DEEPEST = 20
"""Lists and mappings within each other; lists and rubrics have four."""

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


def check_yaml(text: str) -> None:
    """Refuse aliases, of which a few lines can stand for more than fits into memory, and endless nesting.

    Raises
    ------
    yaml.YAMLError
        Also when the text is no YAML at all.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(
                problem=f"*{event.anchor} refers to another place, write its content here",
                problem_mark=_mark(event),
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise yaml.MarkedYAMLError(problem="nested too deep", problem_mark=_mark(event))


def _mark(event: yaml.Event) -> yaml.Mark:
    """Where it stands; the C parser has marks of a class of its own, with the same lines."""
    return cast("yaml.Mark", event.start_mark)
