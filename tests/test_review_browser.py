"""The desk in a real browser: heard, judged, appealed, decided, printed; by keys alone, on a narrow window, and by axe."""

import re
import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import desk_calls
import desks
import pytest
import uvicorn

from pipeline.people import Duty, User
from pipeline.review.app import create_app
from pipeline.review.room import Access
from pipeline.settings import Settings

playwright = pytest.importorskip("playwright.sync_api", reason="needs the Python package playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium on this machine (Debian: chromium)")

PEOPLE = (
    User("王检", Duty.INSPECTOR),
    User("李检", Duty.INSPECTOR),
    User("赵训", Duty.TRAINER),
    User("坐席八零二一", Duty.AGENT, "8021"),
    User("管理", Duty.ADMIN),
)
AGENT = "坐席八零二一"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SWITCHES = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--disable-dev-shm-usage"]
PLAYING = "document.querySelector('.call').dataset.playing === 'true'"
HEARD_S = "Number(document.querySelector('#clock').textContent.split(':')[1].split(' ')[0])"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A served desk with two of the sample calls on their real sound; gives its address and the ids of the calls."""
    folder = tmp_path_factory.mktemp("desk")
    settings = Settings(store_url=f"sqlite:///{folder}/desk.sqlite", cache_dir=folder / "cache")
    app = create_app(settings, Access())
    app.state.room = replace(app.state.room, kit=desks.kit)
    ids = desk_calls.keep(app.state.room.store, desks.kit(), "d05", "d01", "d14")
    for user in PEOPLE:
        app.state.room.desk.people.add(user, desks.password_hash())
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", ids
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def chromium():
    """The browser that Debian ships, without a window."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def signed_in(desk, chromium):
    """Cookies of everybody, signed in once by the form: signing in takes a while on purpose."""
    known = {}

    def cookies(name):
        if name not in known:
            context = chromium.new_context(locale="zh-CN")
            page = context.new_page()
            page.goto(f"{desk[0]}/login")
            page.get_by_label("姓名或工号").fill(name)
            page.get_by_label("密码").fill(desks.PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/login" not in url)
            known[name] = context.cookies()
            context.close()
        return known[name]

    return cookies


@pytest.fixture
def opened(desk, chromium, signed_in):
    """Open pages as somebody; a test fails when a script fails or something is not found on any of them."""
    faults = []

    @contextmanager
    def as_(name, path, size=DESKTOP):
        context = chromium.new_context(viewport=size, locale="zh-CN", base_url=desk[0], reduced_motion="reduce")
        if name:
            context.add_cookies(signed_in(name))
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else 0
        )
        page.goto(path)
        if path.startswith("/calls/"):
            _until(page, "document.querySelector('#wave > div') !== null")
        try:
            yield page
        finally:
            context.close()

    yield as_
    assert faults == []


def _until(page, expression, *, seconds=10.0):
    """Wait until something holds on the page; the page's own policy forbids the driver's way of waiting, by eval."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(40)


def _finding(page, label, quote):
    return page.locator(f".finding[data-title='{label}']", has_text=quote)


def _total(page):
    """The total before and, where verdicts move it, after."""
    return [float(found) for found in re.findall(r"\b\d+\b", page.locator("#whole").inner_text())[:2]]


def test_a_finding_is_heard_from_two_seconds_before_and_the_words_follow(desk, opened):
    with opened("王检", f"/calls/{desk[1][0]}") as page:
        finding = _finding(page, "生硬拒绝", "规定就是这样")
        page.evaluate(
            "window.clocks = []; new MutationObserver(() => clocks.push(document.querySelector('#clock').textContent))"
            ".observe(document.querySelector('#clock'), { childList: true, characterData: true, subtree: true })"
        )
        finding.get_by_role("button", name="前两秒播放").click()
        _until(page, PLAYING)
        begun = int(float(finding.get_attribute("data-start")) - 2)
        assert page.evaluate("clocks[0]").startswith(f"0:{begun:02d} ")
        _until(page, f"{HEARD_S} >= {begun + 1}")
        assert "规定就是这样" in page.locator(".turn.now p").inner_text()
        page.locator("#turn-2 .jump").click()
        _until(page, f"{HEARD_S} >= 11 && {HEARD_S} < 14")
        assert page.locator(".turn.now").get_attribute("id") == "turn-2"


def test_the_page_is_drawn_without_fetching_the_sound_and_the_sound_comes_in_ranges(desk, opened):
    asked = []
    with opened("王检", "/queue") as page:
        page.on("response", lambda answer: asked.append((answer.url.split("/")[-1].split("?")[0], answer.status)))
        page.goto(f"/calls/{desk[1][0]}")
        _until(page, "document.querySelector('#wave > div')?.shadowRoot.querySelectorAll('canvas').length > 3")
        page.keyboard.press("j")
        _until(page, PLAYING)
    assert ("peaks", 200) in asked
    assert {status for name, status in asked if name == "audio"} <= {206}


def test_rejecting_shows_the_effect_on_the_score_and_adding_what_was_missed_takes_it_back(desk, opened):
    with opened("王检", f"/calls/{desk[1][1]}") as page:
        before = _total(page)
        finding = _finding(page, "责备埋怨", "您自己按错的")
        finding.click()
        finding.get_by_text("驳回").first.click()
        finding.get_by_label("为什么驳回").fill("转述客户的话")
        finding.get_by_role("button", name="驳回").last.click()
        page.locator(".finding.is-rejected").wait_for()
        machine, after = _total(page)
        assert machine == before[0] < after
        assert page.locator("mark.is-rejected").inner_text() == "您自己按错的"
        page.locator(".turn p", has_text="积分").first.evaluate(
            "said => { const range = document.createRange(); range.setStart(said.firstChild, 0); "
            "range.setEnd(said.firstChild, 2); getSelection().removeAllRanges(); getSelection().addRange(range); }"
        )
        page.mouse.up()
        chosen = page.get_by_label("原话")
        playwright.expect(chosen).not_to_have_value("")  # the page takes the selection up after the event
        quote = chosen.input_value()
        assert len(quote) == 2
        page.locator("#add-label").select_option("impatience")
        page.locator("#add-reason").fill("语气不耐烦")
        page.get_by_role("button", name="补充").click()
        added = page.locator(".finding.is-added")
        added.wait_for()
        assert added.locator(".quote").inner_text() == quote
        assert _total(page)[-1] < after


def test_the_later_of_two_inspectors_sees_what_the_earlier_decided(desk, opened):
    with opened("王检", f"/calls/{desk[1][2]}") as late, opened("李检", f"/calls/{desk[1][2]}") as early:
        for page, key in ((early, "y"), (late, "y")):
            page.keyboard.press("j")
            page.keyboard.press(key)
            page.locator(".finding.is-confirmed").wait_for()
        assert "李检" in late.get_by_role("alert").inner_text()
        assert late.locator(".verdicts li").count() == 1


def test_an_agent_appeals_and_another_inspector_decides_for_good(desk, opened):
    call = desk[1][0]
    with opened("王检", f"/calls/{call}") as page:
        _finding(page, "推诿", "又不是我接的").click()
        page.keyboard.press("y")
        page.locator(".finding.is-confirmed").wait_for()
    with opened(AGENT, f"/calls/{call}") as page:
        assert page.get_by_text("确认 y").count() == 0
        finding = _finding(page, "推诿", "又不是我接的")
        finding.click()
        finding.locator("summary", has_text="申诉").click()
        finding.get_by_label("为什么不认可").fill("我随后就处理了")
        finding.get_by_role("button", name="提交申诉").click()
        finding.get_by_text("申诉待裁定").first.wait_for()
    with opened("李检", f"/calls/{call}") as page:
        _finding(page, "推诿", "又不是我接的").click()
        page.get_by_role("link", name="去裁决").click()
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_label("裁定理由").fill("确有后续处理")
        page.get_by_role("button", name="申诉成立").click()
        page.get_by_role("heading", name="已裁定").wait_for()
    with opened(AGENT, f"/calls/{call}") as page:
        finding = _finding(page, "推诿", "又不是我接的")
        assert "申诉成立" in finding.inner_text()
        finding.click()
        assert finding.locator("summary", has_text="申诉").count() == 0


def test_everything_can_be_done_by_keys_alone(desk, opened):
    with opened("王检", "/queue?inspected=any") as page:
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/calls/*")
        _until(page, "document.querySelector('#wave > div') !== null")
        page.keyboard.press("?")
        assert page.get_by_role("dialog").is_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        _until(page, PLAYING)
        page.keyboard.press("Space")
        _until(page, f"!({PLAYING})")
        chosen = page.evaluate("document.activeElement.id")
        assert chosen.startswith("finding-")
        page.keyboard.press("e")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("语气生硬")
        page.keyboard.press("Enter")
        page.locator(f"#{chosen}.is-corrected").wait_for()
        assert page.evaluate("document.activeElement.id") == chosen
        page.keyboard.press("2")
        page.locator("#panel-criteria input[type=number]").first.focus()
        page.keyboard.type("77")
        page.keyboard.press("Enter")
        _until(page, "document.querySelector('.hand input[name=version]').value === '1'")
        page.keyboard.press("Escape")
        here = page.url
        page.keyboard.press("Shift+J")
        page.wait_for_url(lambda url: "/calls/" in url and url != here)


def test_a_report_is_printed(desk, opened):
    with opened("赵训", "/agents/8021") as page:
        page.get_by_role("heading", name="坐席 8021").wait_for(timeout=60_000)
        printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 1


def test_a_sentence_is_tried_and_an_entry_proposed(opened):
    with opened("赵训", "/lexicon") as page:
        page.get_by_label("试一句话").press_sequentially("您稍等一下")
        found = page.locator("#found .hit", has_text="请客户等待")
        found.first.wait_for()
        page.get_by_role("link", name="建议新词条").click()
        page.get_by_label("标签").select_option("refuse")
        page.get_by_label("说法").fill("这个真弄不来")
        page.get_by_label("应当命中的例句").fill("这个弄好了")
        page.get_by_label("不应命中的例句").fill("这个弄好了")
        page.get_by_role("button", name="试例句并保存建议").click()
        assert "应当命中，却没有" in page.get_by_role("alert").inner_text()
        page.get_by_label("应当命中的例句").fill("这个真弄不来的")
        page.get_by_role("button", name="试例句并保存建议").click()
        page.locator("pre", has_text="这个真弄不来").wait_for()


def test_a_changed_rubric_is_tried(opened):
    with opened("赵训", "/rubric") as page:
        page.get_by_label("评分表（YAML）").fill("criteria: 1")
        page.get_by_role("button", name="试评").click()
        assert "不能用" in page.get_by_role("alert").inner_text()
        page.goto("/rubric")
        text = page.get_by_label("评分表（YAML）").input_value()
        page.get_by_label("评分表（YAML）").fill(text.replace("start: 24", "start: 4", 1))
        page.get_by_role("button", name="试评").click()
        page.get_by_role("heading", name="平均分").wait_for(timeout=60_000)
        assert page.locator("td .down").count() >= 2


PAGES = [
    ("王检", "/queue"),
    ("王检", "call"),
    ("王检", "/lexicon"),
    ("赵训", "/agents/8021"),
    ("赵训", "/team"),
    (AGENT, "call"),
]
MORE_PAGES = [
    (None, "/login"),
    ("王检", "/appeals"),
    ("王检", "/lexicon/proposals"),
    ("王检", "/rubric"),
    ("赵训", "/agents"),
    ("赵训", "/summary.html"),
    ("赵训", "call"),
    (AGENT, "/mine"),
    ("管理", "/users"),
    ("管理", "/audit"),
]


@pytest.mark.parametrize(
    ("name", "path"), [*PAGES, *(pytest.param(*each, marks=pytest.mark.slow) for each in MORE_PAGES)]
)
def test_contrast_and_labels_are_sound_and_nothing_overflows_a_phone(desk, opened, name, path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python").Axe()
    with opened(name, f"/calls/{desk[1][0]}" if path == "call" else path) as page:
        _until(page, "!document.querySelector('progress')", seconds=60)
        if path == "call":
            page.keyboard.press("j")
        found = axe.run(page).response["violations"]
        serious = {
            each["id"]: each["nodes"][0]["target"] for each in found if each["impact"] in ("serious", "critical")
        }
        assert serious == {}
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
