"use strict";
// The page works without this: it tells how far the work is, and says before an upload that a file is too large.
const live = document.getElementById("live");
const say = (text) => { if (live.textContent !== text) live.textContent = text; };
async function look() {
  const found = await (await fetch("progress")).json();
  if (found.version !== document.body.dataset.version) return location.reload();
  const now = found.stages.at(-1);
  if (found.running.length) say(`${found.running.join(", ")}${now ? `: ${now.stage}, epoch ${now.epoch} of ${now.epochs}` : ""} …`);
  document.querySelectorAll("#train progress").forEach((bar, at) => { if (found.stages[at]) bar.value = found.stages[at].done; });
  if (found.stages.length > document.querySelectorAll("#train progress").length) return location.reload();
  if (found.running.length) setTimeout(look, 1000);
}
look();
document.querySelectorAll("form[data-limit]").forEach((form) => form.addEventListener("submit", (event) => {
  const file = form.elements.file.files[0];
  if (file && file.size > Number(form.dataset.limit)) {
    event.preventDefault();
    say(`The file has ${Math.round(file.size / 2 ** 20)} MB and this page takes ${Math.round(form.dataset.limit / 2 ** 20)} MB: use assoc-synth fit FILE -m MODEL in a terminal.`);
  }
}));
document.querySelectorAll("form[data-preview]").forEach((form) => form.addEventListener("change", async () => {
  const found = await (await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(form)) })).json();
  form.querySelector("output").textContent = (found.said || found.wrong || []).join(" ");
}));
