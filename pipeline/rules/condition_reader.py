"""What stands under ``when`` and ``conditions`` → the tree of conditions."""

from pipeline.lexicon.marked_yaml import Marked
from pipeline.rules.fields import Fields
from pipeline.rules.model import All, Anchor, Any, Condition, Named, Node, Not, Order, Window
from pipeline.rules.registry import operators
from pipeline.schema import Role

_SIDES = ("before", "after", "around", "same")
_SCOPE = {"role", "in", "times", "every", *_SIDES}
_ROLES = {"agent": Role.AGENT, "customer": Role.CUSTOMER, "any": None}
_MOST = 10_000


def read_node(marked: Marked, fields: Fields) -> Node:
    """A condition, the name of one, or ``all``, ``any``, ``not`` or ``order`` of some.

    Parameters
    ----------
    fields
        The rule, for complaints.

    Raises
    ------
    LexiconError
        Anything that keeps it from being used; names file, line and remedy.
    """
    if isinstance(marked.value, str) and marked.value.strip():
        return Named(marked.value.strip())
    inner = Fields(marked, fields.file, f"{fields.name}: a condition")
    if "all" in inner:
        inner.only({"all", "in_one_turn"})
        return All(_parts(inner, "all"), inner.flag("in_one_turn"))
    if "any" in inner:
        inner.only({"any"})
        return Any(_parts(inner, "any"))
    if "not" in inner:
        inner.only({"not"})
        return Not(read_node(inner.values["not"], fields))
    if "order" in inner:
        inner.only({"order", "within_turns"})
        return Order(_names(inner), inner.perhaps_whole("within_turns", 0, _MOST))
    return _condition(inner)


def _parts(fields: Fields, key: str) -> tuple[Node, ...]:
    marked = fields.values[key]
    if not isinstance(marked.value, list) or not marked.value:
        fields.refuse(f"needs a list of conditions under {key!r}; begin each with `- `", marked.line)
    return tuple(read_node(item, fields) for item in marked.value)


def _names(fields: Fields) -> tuple[str, ...]:
    names = fields.texts("order")
    if len(names) < 2:
        fields.refuse("needs at least two names of conditions under 'order'", fields.values["order"].line)
    return names


def _condition(fields: Fields) -> Condition:
    known = operators()
    named = [key for key in fields.values if key not in _SCOPE]
    unknown = next((key for key in named if key not in known), None)
    if unknown:
        fields.refuse(
            f"has an unknown operator {unknown!r}; known are {', '.join(sorted(known))}", fields.values[unknown].line
        )
    if len(named) != 1:
        fields.refuse(f"needs exactly one operator of {', '.join(sorted(known))}; it has {len(named)}")
    operator = known[named[0]]
    times, every = fields.whole("times", 1, 1000, 1), fields.flag("every")
    if (times > 1 or every) and not operator.by_hit:
        fields.refuse(f"cannot count hits of {operator.name!r} with times or every; it measures all turns together")
    return Condition(
        operator=operator.name,
        spec=operator.read(fields),
        role=_ROLES[fields.choice("role", _ROLES, "any" if operator.name == "duration" else "agent")],
        window=_window(fields.inner("in")) if "in" in fields else None,
        anchor=_anchor(fields),
        times=times,
        every=every,
    )


def _window(fields: Fields) -> Window:
    fields.only({"first_turns", "last_turns", "turns", "first_seconds", "last_seconds", "of"})
    return Window(
        first_turns=fields.perhaps_whole("first_turns", 1, _MOST),
        last_turns=fields.perhaps_whole("last_turns", 1, _MOST),
        turns=_range(fields) if "turns" in fields else None,
        first_s=fields.perhaps("first_seconds", 0.1, 1e5),
        last_s=fields.perhaps("last_seconds", 0.1, 1e5),
        of_call=fields.choice("of", ("role", "call"), "role") == "call",
    )


def _range(fields: Fields) -> tuple[int, int]:
    first, dash, last = fields.text("turns").partition("-")
    if not dash or not first.strip().isdigit() or not last.strip().isdigit() or not 1 <= int(first) <= int(last):
        fields.refuse("needs turns from–to, counted from 1; write `turns: 2-5`", fields.values["turns"].line)
    return int(first), int(last)


def _anchor(fields: Fields) -> Anchor | None:
    sides = [side for side in _SIDES if side in fields]
    if not sides:
        return None
    if len(sides) > 1:
        fields.refuse(f"has {' and '.join(sides)}; choose one, and put the other into a condition of its own")
    if isinstance(fields.values[sides[0]].value, str):
        return Anchor(sides[0], fields.text(sides[0]))
    inner = fields.inner(sides[0])
    inner.only({"of", "turns", "seconds", "hit"})
    hit = inner.text("hit", "any")
    return Anchor(
        side=sides[0],
        of=inner.text("of"),
        turns=inner.perhaps_whole("turns", 0, _MOST),
        seconds=inner.perhaps("seconds", 0.0, 1e5),
        hit=hit if hit in {"any", "each"} else inner.whole("hit", 1, 1000),
    )
