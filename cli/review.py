"""``qinhe review`` and ``qinhe users``: the review desk and who may use it."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table

from cli.console import StoreOption, load_settings, out
from pipeline.errors import InputError
from pipeline.people import Duty
from pipeline.store.desk import Desk

users = typer.Typer(no_args_is_help=True, help="People who may use the review desk.")

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ANYWHERE = ("0.0.0.0", "::")
NameArgument = Annotated[str, typer.Argument(help="Log-in name.")]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking for it.")
]


def review(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8765,
    store: StoreOption = None,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="Name by which browsers ask for the desk, as in desk.example.cn.")
    ] = None,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="A proxy in front speaks TLS: cookies are for TLS only.")
    ] = False,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Listen on other addresses than this machine's own without TLS.")
    ] = False,
) -> None:
    """Open the review desk: a web page where inspectors decide, agents appeal and trainers listen."""
    import uvicorn

    from pipeline.review.app import create_app
    from pipeline.review.room import LOCAL_HOSTS, Access

    _check_address(host, remote=behind_proxy or allow_remote, named=bool(name))
    settings = load_settings(store_url=store)
    access = Access(behind_proxy, LOCAL_HOSTS | {host} | {each.lower() for each in name or ()})
    app = create_app(settings, access)
    if not any(user.active for user in app.state.room.desk.people.users()):
        out.print("Nobody may sign in yet: qinhe users add NAME --role admin", markup=False)
    out.print(f"review desk: http://{f'[{host}]' if ':' in host else host}:{port} (Ctrl+C ends it)", markup=False)
    uvicorn.run(
        app,
        host=host,
        port=port,
        proxy_headers=behind_proxy,
        server_header=False,
        access_log=False,
        log_level="warning",
    )


@users.command("add")
def add(
    name: NameArgument,
    role: Annotated[Duty, typer.Option(help="What the person does.")] = Duty.INSPECTOR,
    agent: Annotated[str, typer.Option("--agent", help="For an agent: whose calls are theirs.", metavar="ID")] = "",
    password_stdin: StdinOption = False,
    store: StoreOption = None,
) -> None:
    """Add a person who may use the review desk; the password is asked for."""
    from pipeline.review.accounts import checked_user
    from pipeline.review.auth import hash_password

    user = checked_user(name, role, agent)
    with _desk(store) as desk:
        desk.people.add(user, hash_password(user.name, _password(from_stdin=password_stdin)))
        desk.log(_who(), f"新增用户 {user.name}（{user.duty}）")
    out.print(f"user {user.name} may sign in as {user.duty}", markup=False)


@users.command("list")
def show(store: StoreOption = None) -> None:
    """List everybody, closed accounts included."""
    table = Table("name", "role", "agent", "state")
    with _desk(store) as desk:
        for user in desk.people.users():
            table.add_row(user.name, user.duty.value, user.agent_id or "", "open" if user.active else "closed")
    out.print(table)


@users.command("close")
def close(name: NameArgument, store: StoreOption = None) -> None:
    """Close an account and end its sessions; what the person decided stays."""
    with _desk(store) as desk:
        desk.people.close_account(name)
        desk.log(_who(), f"停用用户 {name}")
    out.print(f"user {name} is closed", markup=False)


@users.command("password")
def password(name: NameArgument, password_stdin: StdinOption = False, store: StoreOption = None) -> None:
    """Give a person a new password and end the person's sessions."""
    from pipeline.review.auth import hash_password

    with _desk(store) as desk:
        desk.people.set_password(name, hash_password(name, _password(from_stdin=password_stdin)))
        desk.log(_who(), f"重设 {name} 的密码")
    out.print(f"user {name} has a new password", markup=False)


def _check_address(host: str, *, remote: bool, named: bool) -> None:
    """Refuse to be reachable from elsewhere by accident.

    Raises
    ------
    InputError
        The address is not this machine's own and nobody said that this is meant, or by which name it is asked for.
    """
    if host in _LOOPBACK:
        return
    if not remote:
        raise InputError(
            f"--host {host} would open the desk to other machines without TLS: keep 127.0.0.1 and put a proxy that speaks TLS "
            "in front, give --behind-proxy if one reaches it at this address, or --allow-remote to take the risk"
        )
    if host in _ANYWHERE and not named:
        raise InputError(f"--host {host} says no name: give --name with the name or address that browsers ask for")


@contextmanager
def _desk(store: str | None) -> Iterator[Desk]:
    with Desk(load_settings(store_url=store).store_url) as desk:
        yield desk


def _password(*, from_stdin: bool) -> str:
    """A new password, from the terminal twice or from the first line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InputError(
            "there is no terminal to ask for a password on: give it on standard input with --password-stdin"
        )
    given: str = typer.prompt("password", hide_input=True, confirmation_prompt=True)
    return given


def _who() -> str:
    return f"{getpass.getuser()} (qinhe users)"
