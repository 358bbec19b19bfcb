(function () {
  var audio = new Audio(), until = 0, button = null;
  function rest() { if (button) { button.removeAttribute("aria-pressed"); button = null; } audio.pause(); }
  audio.addEventListener("timeupdate", function () { if (audio.currentTime >= until) { rest(); } });
  audio.addEventListener("ended", rest);
  document.addEventListener("click", function (event) {
    var pressed = event.target.closest("[data-sound]"), again = pressed && pressed === button;
    if (!pressed) { return; }
    rest();
    if (again) { return; }
    var from = parseFloat(pressed.getAttribute("data-from"));
    button = pressed; until = parseFloat(pressed.getAttribute("data-until"));
    button.setAttribute("aria-pressed", "true");
    if (audio.getAttribute("src") !== pressed.getAttribute("data-sound")) { audio.src = pressed.getAttribute("data-sound"); }
    function begin() { audio.currentTime = from; audio.play().catch(rest); }
    if (audio.readyState > 0) { begin(); } else { audio.addEventListener("loadedmetadata", begin, { once: true }); audio.load(); }
  });
})();
