import pytest
from builders import turn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phrases import read

from pipeline.lexicon.pattern import forms_of_pattern
from pipeline.lexicon.slots import side_after, side_before
from pipeline.lexicon.stream import join

PATTERNS = (
    "{surname}女士",
    "工号{number}号为您服务",
    "给您{any:0-4}核实一下",
    "银行{any:1-3}还款",
    "(请)稍等{any:0-6}了解",
    "你行不行",
)
WORDS = (
    "给您",
    "核实",
    "一下",
    "和实",
    "依下",
    "银行",
    "还款",
    "行",
    "还",
    "了解",
    "了",
    "王",
    "女士",
    "工号",
    "一二",
    "好",
    "，",
)
SIDES = [side_after(form) for pattern in PATTERNS for form in forms_of_pattern(pattern)]
BACKWARDS = [side_before(form) for pattern in PATTERNS for form in forms_of_pattern(pattern)]


def stream(*texts):
    return join(read(*(turn("agent", text, at=float(i), index=i) for i, text in enumerate(texts))))


@pytest.mark.parametrize(
    ("pattern", "said", "fits"),
    [
        ("给您{any:0-4}核实一下", "给您详细核实一下", True),
        ("给您{any:0-4}核实一下", "给您详细和实一下", True),  # by sound
        ("银行{any:0-3}还款", "银行里还款", True),  # 行 and 还 in readings that are not their usual ones
        ("给您{any:0-4}核实一下", "给您详细查询一下", False),
        ("给您{any:0-4}核实一下", "给您非常非常详细核实一下", False),
        ("{surname}女士", "王女士", True),
        ("{surname}女士", "王先生", False),
    ],
)
def test_what_may_fit_is_told_before_it_is_tried(pattern, said, fits):
    (form,) = forms_of_pattern(pattern)
    side, view = side_after(form), stream(said).forwards
    assert side.may_fit(view, 0) is fits
    assert (side.reach(view, 0) is not None) is fits


def test_a_side_is_laid_backwards_from_the_found_part():
    (form,) = forms_of_pattern("给您{any:0-4}核实")
    said = stream("我给您详细核实一下")
    side, at = side_before(form), len("一下")
    assert side.may_fit(said.backwards, at)
    assert len(said.chars) - side.reach(said.backwards, at).at == len("我")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=2))
def test_nothing_that_fits_is_ruled_out(turns):
    said = stream(*("".join(words) for words in turns))
    for sides, view in ((SIDES, said.forwards), (BACKWARDS, said.backwards)):
        for side in sides:
            for at in range(len(view.chars)):
                assert side.may_fit(view, at) or side.reach(view, at) is None
