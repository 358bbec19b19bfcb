"use strict";

// The page of a call: waveform, transcript that follows, findings walked and judged by keys.
(() => {
  const root = document.querySelector(".call");
  if (!root) return;
  const byId = (id) => document.getElementById(id);
  const LEAD_S = 2; // so that the listener hears what led to it
  const STEP_S = 3;
  const COLOURS = {
    agent: ["#9cc9c1", "#1f6f66"],
    customer: ["#b9c2ca", "#59656f"],
    unknown: ["#c3ccca", "#66726f"],
  };

  const say = (text) => window.qinheSay && window.qinheSay(text);
  const store = {
    get(key, otherwise) { try { return JSON.parse(sessionStorage.getItem(key)) ?? otherwise; } catch { return otherwise; } },
    set(key, value) { try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* private windows may refuse */ } },
  };

  // ---- sound ----

  const wave = byId("wave");
  let sound = null;
  let regions = null;

  function shown(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }

  async function openSound() {
    if (!wave || !window.WaveSurfer) return;
    const answer = await fetch(wave.dataset.peaks, { credentials: "same-origin" });
    if (!answer.ok) { say("录音不在了，或不能播放"); return; }
    const drawing = await answer.json();
    const lanes = wave.dataset.lanes.split(" ");
    const peaks = drawing.peaks.map((channel) => channel.map((value) => value / 100));
    sound = WaveSurfer.create({
      container: wave, url: wave.dataset.audio, peaks, duration: drawing.duration_s, cspNonce: wave.dataset.nonce,
      height: 52, normalize: true, cursorColor: "#b3392f", cursorWidth: 2, dragToSeek: true, barWidth: 2, barGap: 1,
      splitChannels: peaks.map((_, i) => ({
        waveColor: COLOURS[lanes[i] || "unknown"][0], progressColor: COLOURS[lanes[i] || "unknown"][1],
      })),
    });
    regions = sound.registerPlugin(WaveSurfer.Regions.create());
    sound.registerPlugin(WaveSurfer.Timeline.create({ height: 16, timeInterval: undefined, style: { fontSize: "11px", color: "#566663" } }));
    sound.on("ready", drawEverything);
    sound.on("timeupdate", follow);
    sound.on("play", () => playing(true));
    sound.on("pause", () => playing(false));
    sound.on("error", () => say("录音播放出错，请刷新"));
    regions.on("region-clicked", (region, event) => {
      const number = /finding-(\d+)/.exec(region.id);
      if (number) { event.stopPropagation(); select(byId(`finding-${number[1]}`), { play: true }); }
    });
  }

  function playing(now) {
    const button = byId("toggle");
    button.textContent = now ? "暂停" : "播放";
    root.dataset.playing = String(now);
  }

  function drawEverything() {
    regions.clearRegions();
    for (const drawn of JSON.parse(byId("drawn").textContent)) addRegion(drawn.kind, drawn);
    drawFindings();
  }

  function addRegion(id, drawn) {
    regions.addRegion({
      id, start: drawn.start_s, end: Math.max(drawn.end_s, drawn.start_s + 0.05), channelIdx: drawn.channel,
      drag: false, resize: false, color: "transparent",
    });
  }

  function drawFindings() {
    if (!regions) return;
    for (const region of regions.getRegions().filter((each) => each.id.startsWith("finding-"))) region.remove();
    // What weighs most is drawn last, on top.
    const weight = (each) => ["neutral", "standard", "forbidden"].findIndex((look) => each.classList.contains(look));
    for (const each of articles().sort((one, other) => weight(one) - weight(other))) {
      const kind = [...each.classList].filter((name) => name !== "finding").join(" ");
      addRegion(`finding-${each.dataset.finding} mark ${kind}`, {
        start_s: Number(each.dataset.start), end_s: Number(each.dataset.end), channel: Number(each.dataset.channel),
      });
    }
  }

  function playFrom(seconds) {
    if (!sound) return;
    sound.setTime(Math.max(0, seconds));
    sound.play();
  }

  // ---- transcript ----

  const turns = [...root.querySelectorAll(".turn")];

  function follow(at) {
    byId("clock").textContent = `${shown(at)} / ${shown(sound.getDuration())}`;
    let now = null;
    for (const turn of turns) if (Number(turn.dataset.start) <= at && at < Number(turn.dataset.end)) now = turn;
    if (!now || now.classList.contains("now")) return;
    turns.forEach((turn) => { turn.classList.remove("now"); turn.removeAttribute("aria-current"); });
    now.classList.add("now");
    now.setAttribute("aria-current", "true");
    if (byId("follow").checked && sound.isPlaying()) reveal(now);
  }

  function reveal(element) {
    const box = element.getBoundingClientRect();
    const top = root.querySelector(".player").getBoundingClientRect().bottom;
    if (box.top < top + 8 || box.bottom > window.innerHeight - 40) {
      const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      element.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
    }
  }

  function strike() {
    // A rule that only follows from a finding, and counts neither for nor against, does not keep its words marked.
    const having = (look) => new Set(articles().filter((each) => each.classList.contains(look)).map((each) => each.dataset.finding));
    const rejected = having("is-rejected"), neutral = having("neutral");
    for (const mark of root.querySelectorAll("mark[data-findings]")) {
      const numbers = mark.dataset.findings.split(" ");
      const settled = numbers.every((number) => rejected.has(number) || neutral.has(number));
      mark.classList.toggle("is-rejected", settled && numbers.some((number) => rejected.has(number)));
    }
  }

  // ---- findings ----

  let current = null;
  const articles = () => [...root.querySelectorAll("#findings .finding")];
  const visible = () => articles().filter((each) => each.offsetParent !== null);

  function select(article, { play = false, focus = true } = {}) {
    if (!article) return;
    showTab("findings");
    root.querySelectorAll(".current").forEach((each) => each.classList.remove("current"));
    current = article.id;
    article.classList.add("current");
    const said = root.querySelectorAll(`mark[data-findings~="${article.dataset.finding}"]`);
    said.forEach((mark) => mark.classList.add("current"));
    if (focus) article.focus({ preventScroll: true });
    article.scrollIntoView({ block: "nearest" });
    const turn = byId(`turn-${article.dataset.turn}`);
    if (turn) reveal(turn);
    if (play) playFrom(Number(article.dataset.start) - LEAD_S);
  }

  function step(by) {
    const all = visible();
    if (all.length === 0) return;
    const at = all.findIndex((each) => each.id === current);
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
    if (next < 0 || next >= all.length) { say(by > 0 ? "已是最后一处" : "已是第一处"); return; }
    select(all[next], { play: true });
  }

  function act(name) {
    const article = current && byId(current);
    if (!article) { say("先用 j 选一处发现"); return; }
    const place = article.querySelector(`[data-act="${name}"]`);
    if (!place) { say("这一处不能再裁定"); return; }
    if (name === "confirm") { place.form.requestSubmit(place); return; }
    place.open = true;
    place.querySelector("select, input:not([type=hidden]), textarea").focus();
  }

  // ---- what the machine missed ----

  const adding = byId("add");
  const spoken = (turn) => turn.querySelector("p").textContent;

  function openAdd(turn, quote, start) {
    if (!adding || !turn) return;
    turn.append(adding);
    adding.hidden = false;
    adding.dataset.start = String(start);
    byId("add-turn").value = String(Number(turn.dataset.turn) + 1);
    byId("add-quote").value = quote;
    byId("add-quote").setCustomValidity("");
  }

  function selected() {
    const selection = document.getSelection();
    if (!adding || selection.isCollapsed || adding.contains(selection.anchorNode)) return;
    const said = selection.anchorNode.parentElement.closest(".turn p");
    if (!said || !said.contains(selection.focusNode)) return;
    const range = selection.getRangeAt(0);
    const before = document.createRange();
    before.selectNodeContents(said);
    before.setEnd(range.startContainer, range.startOffset);
    const quote = range.toString();
    if (quote.trim()) openAdd(said.closest(".turn"), quote, before.toString().length);
  }

  // Offsets are worked out when the form is sent, since the words may have been typed.
  function placeQuote(event) {
    const field = byId("add-quote");
    const turn = byId(`turn-${Number(byId("add-turn").value) - 1}`);
    const text = turn ? spoken(turn) : "";
    const chosen = Number(adding.dataset.start);
    const at = text.startsWith(field.value, chosen) ? chosen : text.indexOf(field.value);
    if (at < 0 || !field.value) {
      event.preventDefault();
      event.stopPropagation();
      field.setCustomValidity("这一句里没有这些字");
      field.reportValidity();
      return;
    }
    adding.elements.turn.value = turn.dataset.turn;
    adding.elements.char_start.value = String(at);
    adding.elements.char_end.value = String(at + field.value.length);
  }

  function closeAdd() {
    if (!adding) return;
    adding.hidden = true;
    const article = current && byId(current);
    if (article) article.focus();
  }

  // ---- tabs, and the calls before and after ----

  const tabs = ["findings", "criteria", "facts"];

  function showTab(name) {
    if (!tabs.includes(name) || byId(`tab-${name}`).getAttribute("aria-selected") === "true") return;
    for (const each of tabs) {
      const on = each === name;
      byId(`tab-${each}`).setAttribute("aria-selected", String(on));
      byId(`tab-${each}`).tabIndex = on ? 0 : -1;
      byId(`panel-${each}`).hidden = !on;
    }
  }

  function openTabs() {
    root.querySelector("[role=tablist]").hidden = false;
    tabs.slice(1).forEach((each) => { byId(`panel-${each}`).hidden = true; });
    const wanted = window.location.hash.startsWith("#criterion-") ? "criteria" : "findings";
    showTab(wanted);
  }

  function neighbours() {
    const calls = store.get("qinhe.calls", []);
    const at = calls.indexOf(root.dataset.call);
    for (const link of root.querySelectorAll("[data-step]")) {
      const to = at < 0 ? undefined : calls[at + Number(link.dataset.step)];
      if (to) { link.href = to; link.hidden = false; }
    }
    // The next recording is made playable while this one is heard.
    const next = root.querySelector('[data-step="1"][href]');
    if (next && wave) window.setTimeout(() => fetch(`${next.getAttribute("href")}/peaks`, { priority: "low" }).catch(() => {}), 1500);
  }

  function go(by) {
    const link = root.querySelector(`[data-step="${by}"][href]`);
    if (link) link.click();
    else say(by > 0 ? "没有下一通" : "没有上一通");
  }

  // ---- keys ----

  const typing = (target) => target.matches("input:not([type=range]):not([type=checkbox]), textarea, select");
  const KEYS = {
    j: () => step(1), k: () => step(-1), J: () => go(1), K: () => go(-1),
    y: () => act("confirm"), n: () => act("reject"), e: () => act("correct"),
    r: () => { const article = current && byId(current); if (article) playFrom(Number(article.dataset.start) - LEAD_S); },
    a: () => {
      const article = current && byId(current);
      const turn = root.querySelector(".turn.now") || (article && byId(`turn-${article.dataset.turn}`)) || turns[0];
      openAdd(turn, turn ? spoken(turn) : "", 0);
      if (adding) byId("add-quote").select();
    },
    1: () => showTab("findings"), 2: () => showTab("criteria"), 3: () => showTab("facts"),
    ArrowLeft: () => sound && sound.setTime(Math.max(0, sound.getCurrentTime() - STEP_S)),
    ArrowRight: () => sound && sound.setTime(sound.getCurrentTime() + STEP_S),
    "?": () => byId("help").showModal(),
  };

  function escape(target) {
    if (adding && !adding.hidden) { closeAdd(); return; }
    const open = target.closest("details[open]");
    if (open) open.open = false;
    const article = current && byId(current);
    if (article) article.focus();
    else target.blur();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
    const { target, key } = event;
    if (key === "Escape") { escape(target); return; }
    if (typing(target)) return;
    if (key === " ") {
      if (!sound || target.closest("button, summary, a, input")) return;
      event.preventDefault();
      sound.playPause();
      return;
    }
    const arrows = key.startsWith("Arrow");
    if (arrows && target.matches("[role=tab], input")) return;
    if (KEYS[key]) { event.preventDefault(); KEYS[key](); }
  });

  // ---- clicks and choices ----

  root.addEventListener("click", (event) => {
    const { target } = event;
    const play = target.closest("[data-at]");
    const article = target.closest(".finding");
    const mark = target.closest("mark[data-findings]");
    if (play && article) select(article, { play: true, focus: false });
    else if (play) playFrom(Number(play.dataset.at) - LEAD_S);
    else if (target.closest(".jump")) playFrom(Number(target.closest(".turn").dataset.start));
    else if (mark && document.getSelection().isCollapsed) {
      const first = mark.dataset.findings.split(" ").map((number) => byId(`finding-${number}`)).find((each) => each);
      select(first, { play: true });
    } else if (article && !target.closest("button, summary, a, input, select, label, textarea")) select(article);
    else if (target.closest("[role=tab]")) showTab(target.closest("[role=tab]").id.slice(4));
    else if (target.id === "toggle" && sound) sound.playPause();
    else if (target.closest("#help-open")) byId("help").showModal();
    else if (target.id === "add-close") closeAdd();
  });

  root.addEventListener("change", (event) => {
    const { target } = event;
    if (target.id === "speed" && sound) sound.setPlaybackRate(Number(target.value), true);
    else if (target.id === "show") byId("panel-findings").dataset.show = target.value;
  });

  root.addEventListener("input", (event) => {
    if (event.target.id === "zoom" && sound) sound.zoom(Number(event.target.value));
    if (event.target.id === "add-quote" || event.target.id === "add-turn") byId("add-quote").setCustomValidity("");
  });

  root.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const at = tabs.findIndex((each) => byId(`tab-${each}`) === document.activeElement);
    const next = tabs[(at + (event.key === "ArrowRight" ? 1 : tabs.length - 1)) % tabs.length];
    showTab(next);
    byId(`tab-${next}`).focus();
  });

  document.addEventListener("mouseup", () => window.setTimeout(selected, 0));
  document.addEventListener("submit", (event) => { if (event.target === adding) placeQuote(event); }, true);

  // What htmx put in place of a finding takes over its place and focus.
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = event.detail.target;
    if (place.id === "findings" || place.classList.contains("finding")) {
      strike();
      drawFindings();
      let article = current && byId(current);
      if (place.id === "findings" && adding && !adding.hidden) {
        adding.hidden = true;
        adding.reset();
        article = articles().reduce((last, each) => (Number(each.dataset.finding) > Number(last.dataset.finding) ? each : last));
      } else if (place.classList.contains("finding")) article = byId(place.id);
      if (article) select(article);
    }
  });

  // What stays below the player while the page is scrolled begins where the player ends.
  new ResizeObserver(([player]) => {
    const lies = getComputedStyle(player.target).position === "sticky";
    root.style.setProperty("--bench", `${lies ? Math.ceil(player.target.offsetHeight) : 0}px`);
  }).observe(root.querySelector(".player"));

  openTabs();
  neighbours();
  strike();
  openSound();
})();
