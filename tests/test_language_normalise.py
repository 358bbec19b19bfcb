import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.normalise import fold_characters, normalise


@pytest.mark.parametrize(
    ("said", "compared"),
    [
        ("您好，請問有什麼可以幫您？", "您好请问有什么可以帮您"),
        ("ＷｉＦｉ　密码", "wifi密码"),
        ("我是幺二零五号", "我是一二零五号"),
        ("我是1205号", "我是一二零五号"),
        ("我是1.205号", "我是一二零五号"),
        ("24小时内", "二十四小时内"),
        ("10分钟", "十分钟"),
        ("15天", "十五天"),
        ("2个工作日", "两个工作日"),
        ("2号", "二号"),
        ("100元", "一百元"),
        ("05号", "零五号"),
        ("您等着。看著办", "您等着看着办"),
        ("显著提升", "显著提升"),
        ("…！？", ""),
    ],
)
def test_text_is_made_comparable(said, compared):
    assert normalise(said).text == compared


@pytest.mark.parametrize(
    ("said", "part", "quote"),
    [
        ("好的，工号 1205，您好", "一二零五", "1205"),
        ("请在24小时内", "二十四小时", "24小时"),
        ("請，稍等", "请稍等", "請，稍等"),
        ("满100元减10元", "一百元减十元", "100元减10元"),
    ],
)
def test_offsets_lead_back_to_the_original(said, part, quote):
    normalised = normalise(said)
    start = normalised.text.index(part)
    begin, end = normalised.original(start, start + len(part))
    assert said[begin:end] == quote


@given(st.text(alphabet=st.sampled_from("您好請問著a1２０.,，。 \n\t幺乾坤發𠀀é一"), max_size=40))
def test_offsets_are_those_of_the_original_and_never_fall(said):
    normalised = normalise(said)
    assert len(normalised.offsets) == len(normalised.text)
    assert list(normalised.offsets) == sorted(normalised.offsets)
    assert all(0 <= offset < len(said) for offset in normalised.offsets)


@given(st.text(max_size=40))
def test_folding_keeps_one_character_for_each(said):
    assert len(fold_characters(said)) == len(said)
    assert normalise(normalise(said).text).text == normalise(said).text
