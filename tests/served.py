"""A desk behind a real server on a free port of this machine, and people who are signed in without typing a password."""

import hashlib
import socket
import threading
import time
from contextlib import contextmanager

import httpx
import uvicorn

from pipeline.people import Duty, User
from pipeline.review.auth import hashed


@contextmanager
def served(app):
    """Serve the application; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def inspectors(app, count, run=""):
    """Names and session tokens of as many inspectors; a second run on the same store needs a name of its own."""
    people, now = app.state.room.desk.people, time.time()
    made = {f"质检{run}{number:02}": f"token-{run}{number}" for number in range(count)}
    for name, token in made.items():
        people.add(User(name, Duty.INSPECTOR), "no password")
        people.begin_session(hashed(token), name, now)
    return made


def client(address, token):
    """A browser that holds this token."""
    return httpx.Client(base_url=address, cookies={"qinhe_session": token}, timeout=120)


def form(token, **fields):
    """A form as a page of ours would send it."""
    return {"csrf": hashlib.sha256(f"csrf:{token}".encode()).hexdigest(), **fields}
