"""How full the answers to a customer's questions are, by the characters of the answers."""

import pytest
from calls import call

from pipeline.criteria.answers import answers

QUESTION = ("customer", "这个多少钱呢？")


def fullness(*chars):
    """What three answers of so many characters show."""
    lines = [line for length in chars for line in (QUESTION, ("agent", "讲" * length))]
    return {signal.name: round(signal.amount, 2) for signal in answers(call(*lines))}


@pytest.mark.parametrize(
    ("chars", "shown"),
    [
        ((4, 4, 4), {"answer.short": 1.0}),
        ((12, 12, 12), {"answer.short": 1.0}),
        ((20, 20, 20), {"answer.short": 0.5}),
        ((28, 28, 28), {}),
        ((34, 34, 34), {"answer.full": 0.5}),
        ((40, 40, 40), {"answer.full": 1.0}),
        ((80, 80, 80), {"answer.full": 1.0}),
        ((4, 28, 80), {}),
        ((4, 4), {}),
        ((80,), {}),
    ],
)
def test_the_median_answer_counts_by_degrees_and_never_more_than_once(chars, shown):
    assert fullness(*chars) == shown
