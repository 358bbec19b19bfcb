"use strict";

// Lists with [data-rows] are walked by j and k (or the arrows) and opened by Enter; what was chosen has the focus.
(() => {
  const typing = (target) => target.matches("input, textarea, select, [contenteditable]");

  function rows() {
    return [...document.querySelectorAll("[data-rows] [data-open]")];
  }

  function move(step) {
    const all = rows();
    if (all.length === 0) return false;
    const at = all.indexOf(document.activeElement.closest("[data-open]"));
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
    return true;
  }

  function open(row) {
    window.location.assign(row.dataset.open);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const row = event.target.closest("[data-open]");
    if (event.key === "j" || event.key === "k") {
      if (move(event.key === "j" ? 1 : -1)) event.preventDefault();
    } else if (event.key === "Enter" && row && event.target === row) {
      open(row);
    } else if (event.key === "n" || event.key === "p") {
      const link = document.querySelector(event.key === "n" ? "a[rel=next]" : "a[rel=prev]");
      if (link) link.click();
    } else if (event.key === "/") {
      const field = document.querySelector("[data-filter] input, [data-filter] select");
      if (field) { event.preventDefault(); field.focus(); }
    }
  });

  // The page of a call leads on to the next call of the list it was opened from.
  const calls = rows().map((row) => row.dataset.open).filter((path) => path.startsWith("/calls/"));
  if (calls.length > 0) sessionStorage.setItem("qinhe.calls", JSON.stringify(calls));

  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-open]");
    if (row && !event.target.closest("a, button, input, select, label")) open(row);
  });

  // A filter applies as soon as a choice is made.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-filter]");
    if (form) form.requestSubmit();
  });

  // A form that must be meant asks first.
  document.addEventListener("submit", (event) => {
    const asked = event.target.dataset.confirm;
    if (asked && !window.confirm(asked)) event.preventDefault();
  });

  function say(text) {
    const place = document.getElementById("said");
    if (place) place.textContent = text;
  }
  window.qinheSay = say;
  document.addEventListener("said", (event) => say(event.detail.value));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (event.detail.xhr.getResponseHeader("HX-Trigger")) return;
    say(status === 401 ? "登录已失效，请重新登录" : status === 403 ? "没有权限，或页面已过期，请刷新" : `没有完成（${status}），请重试`);
  });
  document.addEventListener("htmx:sendError", () => say("连不上服务器，未保存，请重试"));
})();
