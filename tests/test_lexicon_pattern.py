import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lexicon.pattern import MOST_FORMS, PatternError, Slot, forms_of_pattern, forms_of_text

SURNAME, NUMBER = Slot("surname", 1, 2), Slot("number", 1, 12)


@pytest.mark.parametrize(
    ("pattern", "forms"),
    [
        ("请稍等", {("请稍等",)}),
        ("(请)稍等", {("请稍等",), ("稍等",)}),
        ("（请）稍等", {("请稍等",), ("稍等",)}),
        ("为您[查询|核实]一下", {("为您查询一下",), ("为您核实一下",)}),
        ("[没办法|办不了(的)]", {("没办法",), ("办不了",), ("办不了的",)}),
        ("[|您]好呀", {("好呀",), ("您好呀",)}),
        ("{surname}[先生|女士]", {(SURNAME, "先生"), (SURNAME, "女士")}),
        ("工号{number}为您服务", {("工号", NUMBER, "为您服务")}),
        ("给您{any:0-6}办理", {("给您", Slot("any", 0, 6), "办理")}),
        ("您{fill}稍等", {("您稍等",)}),
        ("24小时，內回覆", {("二十四小时内回复",)}),
    ],
)
def test_a_pattern_stands_for_its_forms(pattern, forms):
    assert set(forms_of_pattern(pattern)) == forms


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("(请稍等", "not closed"),
        ("请]稍等", "closes nothing"),
        ("请|稍等", "closes nothing"),
        ("[请|稍等", "not closed"),
        ("{name}先生", "unknown slot"),
        ("给您{any:6-2}办", "no range"),
        ("给您{any:0-99}办", "no range"),
        ("(请)(您)", "without characters"),
        ("{surname}", "without characters"),
        ("……", "without characters"),
        ("您好" * 21, "longer than 40"),
        ("[一|二|三|四][一|二|三|四][一|二|三|四][一|二|三|四]", f"more than {MOST_FORMS}"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused(pattern, complaint):
    with pytest.raises(PatternError, match=complaint):
        forms_of_pattern(pattern)


def test_a_literal_text_has_no_signs():
    assert forms_of_text("您好，请讲") == (("您好请讲",),)


@given(st.text(alphabet=st.sampled_from("请您好([|])（）{}surname:0-6"), max_size=24))
def test_any_text_is_a_pattern_or_refused(pattern):
    try:
        forms = forms_of_pattern(pattern)
    except PatternError:
        return
    assert 0 < len(forms) <= MOST_FORMS
    assert all(any(isinstance(piece, str) and piece for piece in form) for form in forms)
