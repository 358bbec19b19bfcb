"""Until when an agent may appeal."""

from datetime import datetime, timedelta

from pipeline.review.room import Room
from pipeline.store.desk_verdicts import Standing


def appeal_until(room: Room, recording_id: str, standing: Standing | None) -> datetime | None:
    """Last moment to appeal a finding, counted from the verdict on it, else from the scoring.

    None, in the agent's favour, where it was not written down when the call was scored.
    """
    known = standing.verdict.at if standing else room.desk.scored_at(recording_id)
    return known + timedelta(days=room.settings.appeal_days) if known else None
