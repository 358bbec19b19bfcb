"""Pages of the queue for whoever turns them."""

from fastapi import HTTPException

from pipeline.errors import StoreError
from pipeline.review.room import Room
from pipeline.store.queue import QueueFilter, QueuePage


def read_page(room: Room, wanted: QueueFilter) -> QueuePage:
    """One page of the queue.

    Raises
    ------
    HTTPException
        422: the address names a place that the queue does not have.
    """
    try:
        return room.store.queue(wanted)
    except StoreError as error:
        if wanted.after is None:
            raise
        raise HTTPException(422, "这一页已失效，请从第一页开始") from error
