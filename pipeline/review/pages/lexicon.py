"""The phrase lists: what their entries find, how often wrongly, what they find in a sentence, and proposals for more."""

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from pipeline.language.text import read_turns
from pipeline.lexicon.editions import folder_at
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.phrases import Entry, Lexicon
from pipeline.people import Duty, User
from pipeline.review import auth, proposals
from pipeline.review.entry_hits import Hits, count_hits
from pipeline.review.jobs import Job
from pipeline.review.render import page
from pipeline.review.room import Room, room_of
from pipeline.schema import Finding, Polarity, Role, Span, Turn

router = APIRouter()

_Keeper = Annotated[User, Depends(auth.requires(Duty.INSPECTOR, Duty.TRAINER, Duty.ADMIN))]
_Lines = Annotated[str, Form(max_length=2000)]
_ORDER = (Polarity.FORBIDDEN, Polarity.STANDARD, Polarity.NEUTRAL)
_HITS = "lexicon.hits"
_STALE_S = 600.0
_WAIT_S = 1.0
_MAX_CHARS = 300
_CHARS_PER_S = 4.5


@router.get("/lexicon")
def show(
    request: Request,
    _user: auth.Coach,
    label: Annotated[str, Query(max_length=100)] = "",
    search: Annotated[str, Query(max_length=50)] = "",
) -> Response:
    """The entries of one label, or those that a search finds, with their hits."""
    room = room_of(request)
    lexicon = _lexicon(room.settings.lexicons_dir)
    chosen = label if label in lexicon.labels else next(iter(_by_label(lexicon)), "")
    hits, job = _hits(room)
    return page(
        request,
        "lexicon.html",
        entries=_sorted(_chosen(lexicon, chosen, search.strip()), hits),
        counts=_by_label(lexicon),
        polarities=[
            (each, [name for name in lexicon.labels if lexicon.labels[name].polarity is each]) for each in _ORDER
        ],
        chosen="" if search.strip() else chosen,
        search=search.strip(),
        hits=hits,
        job=job,
        version=lexicon.version,
    )


@router.post("/lexicon/try")
def try_sentence(
    request: Request,
    _user: auth.Coach,
    sentence: Annotated[str, Form(max_length=_MAX_CHARS)] = "",
    role: Annotated[Role, Form()] = Role.AGENT,
) -> Response:
    """What is found in a sentence, and why."""
    room = room_of(request)
    found = _found(room, sentence.strip(), role) if sentence.strip() else ()
    return page(request, "lexicon_found.html", sentence=sentence.strip(), found=found)


@router.get("/lexicon/proposals")
def proposed(request: Request, user: _Keeper) -> Response:
    """Everything that was proposed, and a form to propose more."""
    return _proposals(request, user)


@router.get("/lexicon/proposals.yaml")
def download(request: Request, _user: _Keeper) -> Response:
    """The proposed entries as a list that an administrator can put beside the others."""
    entries = proposals.entries(reversed(room_of(request).desk.proposals(proposals.KIND)))
    headers = {"Content-Disposition": 'attachment; filename="proposed.yaml"'}
    return PlainTextResponse(proposals.as_yaml(entries), headers=headers, media_type="application/yaml")


@router.post("/lexicon/proposals")
def propose(
    request: Request,
    user: auth.Coach,
    label: Annotated[str, Form(max_length=100)] = "",
    text: Annotated[str, Form(max_length=200)] = "",
    hit: _Lines = "",
    miss: _Lines = "",
    why: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Keep a proposed entry whose examples come out; the lists themselves are not touched."""
    room = room_of(request)
    wish = proposals.Wish(label, text.strip(), _lines(hit), _lines(miss))
    entry = proposals.entry_of(wish, datetime.now(UTC))
    wrong = proposals.problems(entry, room.settings.lexicons_dir / "labels.yaml")
    if wrong:
        given = {"label": label, "text": text, "hit": hit, "miss": miss, "why": why}
        return _proposals(request, user, wrong=wrong, given=given)
    room.desk.propose(user.name, proposals.KIND, proposals.document(entry, why.strip()))
    room.desk.log(user, f"proposed the entry {entry['id']}", why.strip())
    return RedirectResponse("/lexicon/proposals", 303)


def _proposals(
    request: Request, user: User, *, wrong: tuple[str, ...] = (), given: dict[str, str] | None = None
) -> Response:
    room = room_of(request)
    blank = dict.fromkeys(("label", "text", "hit", "miss", "why"), "")
    content: dict[str, Any] = {
        "kept": proposals.kept(room.desk.proposals(proposals.KIND)),
        "may_propose": user.duty in {Duty.INSPECTOR, Duty.TRAINER},
        "labels": list(room.labels),
        "wrong": wrong,
        "given": given or blank,
    }
    return page(request, "lexicon_proposals.html", status=422 if wrong else 200, **content)


def _hits(room: Room) -> tuple[Hits | None, Job]:
    """What was counted last, and the job that counts; counted anew in the background when it is old."""
    job = room.jobs.find(_HITS)
    if job is None or (job.finished and (datetime.now(UTC) - job.asked_at).total_seconds() > _STALE_S):
        job = room.jobs.start(_HITS, lambda progress: count_hits(room.store, room.desk.all_verdicts(), progress))
    return job.result(_WAIT_S), job


@cache
def _lexicon(folder: Path) -> Lexicon:
    """The lists that hold now, as they were when the desk opened: the kit that judges has the same."""
    return load_lexicon(folder_at(folder))


def _found(room: Room, sentence: str, role: Role) -> tuple[Finding, ...]:
    kit = room.kit().on(None)
    turn = Turn(0, role, Span(0.0, len(sentence) / _CHARS_PER_S), sentence)
    found = kit.finder.find(read_turns((turn,), kit.segmenter))
    return tuple(sorted(found, key=lambda finding: finding.evidence.char_start))


def _by_label(lexicon: Lexicon) -> dict[str, int]:
    """How many entries each label has, forbidden labels first."""
    counts = Counter(entry.label for entry in lexicon.entries)
    order = sorted(lexicon.labels, key=lambda name: lexicon.labels[name].polarity is not Polarity.FORBIDDEN)
    return {name: counts[name] for name in order}


def _chosen(lexicon: Lexicon, label: str, search: str) -> tuple[Entry, ...]:
    if not search:
        return tuple(entry for entry in lexicon.entries if entry.label == label)
    return tuple(
        entry
        for entry in lexicon.entries
        if search in entry.id or search in entry.text or any(search in example.text for example in entry.hit)
    )[:200]


def _sorted(entries: tuple[Entry, ...], hits: Hits | None) -> list[Entry]:
    """Those that are found most first, so that what matters is on top; as in the lists while nothing is counted."""
    return sorted(entries, key=lambda entry: -hits.of(entry.id).hits if hits else 0)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
