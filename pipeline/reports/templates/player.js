(function () {
  var audio = document.querySelector("audio");
  document.addEventListener("click", function (event) {
    var place = event.target.closest("[data-at]");
    if (!audio || !place) { return; }
    // Two seconds before, so that the listener hears what led to it.
    audio.currentTime = Math.max(0, parseFloat(place.getAttribute("data-at")) - 2);
    audio.play();
  });
})();
