"use strict";

// A file that was chosen fills the text area it names: nothing is uploaded before the form is sent.
document.addEventListener("change", async (event) => {
  const { target } = event;
  if (!target.matches || !target.matches("input[type=file][data-fills]") || target.files.length === 0) return;
  document.getElementById(target.dataset.fills).value = await target.files[0].text();
});
