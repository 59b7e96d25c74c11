"use strict";
// The page works without this: its forms are sent, and shown again when reloaded. With it, only what has changed is
// replaced, so that nothing that is typed or opened elsewhere is lost, and the training is followed live.
const live = document.getElementById("live");
const say = (text) => { if (live.textContent !== text) live.textContent = text; };
const sent = new Map([...document.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part.innerHTML]));
const mark = (element) => element && (element.id ? `#${CSS.escape(element.id)}`
  : element.name ? `[name="${CSS.escape(element.name)}"]` : element.href ? `a[href="${CSS.escape(element.getAttribute("href"))}"]` : "");

function replace(part, html) {
  const open = [...part.querySelectorAll("details")].map((one) => [one.querySelector("summary").textContent, one.open]);
  const focused = part.contains(document.activeElement) ? mark(document.activeElement) : "";
  const known = new Map(open);
  part.innerHTML = html;
  part.querySelectorAll("details").forEach((one) => {
    const was = known.get(one.querySelector("summary").textContent);
    if (was !== undefined) one.open = was;
  });
  if (focused) part.querySelector(focused)?.focus({ preventScroll: true });
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.body.dataset.version && page.body.dataset.version !== "") return location.reload();
  document.body.dataset.version = page.body.dataset.version;
  document.title = page.title;
  page.querySelectorAll("[data-part]").forEach((part) => {
    const name = part.dataset.part, own = document.querySelector(`[data-part="${name}"]`);
    if (own && sent.get(name) !== part.innerHTML) {
      sent.set(name, part.innerHTML);
      replace(own, part.innerHTML);
    }
  });
}

async function send(address, options, from) {
  const step = from?.closest("section");
  step?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, options);
    if (!answer.ok) throw new Error((await answer.text()).trim());
    show(await answer.text());
    const wrong = step?.querySelector("[role=alert]");
    if (wrong) wrong.focus();
    say(wrong ? "" : step ? `${step.querySelector("h2").textContent}: shown anew` : "");
  } catch (error) {
    say(error instanceof TypeError ? "The studio does not answer: it was closed, or is busy." : error.message);
  } finally {
    step?.removeAttribute("aria-busy");
    look();
  }
}

const megabytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MB`;
const limit = (form, file) => `The file has ${megabytes(file.size)} and this page takes ${megabytes(form.dataset.limit)}: use assoc-synth fit FILE -m MODEL in a terminal.`;
function refuse(form, sentence) {
  let said = form.querySelector("[role=alert]");
  if (!said) {
    said = Object.assign(document.createElement("p"), { className: "error", tabIndex: -1 });
    said.setAttribute("role", "alert");
    form.append(said);
  }
  said.textContent = sentence;
  said.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target, step = form.closest("section");
  event.preventDefault();
  if (step?.getAttribute("aria-busy")) return;
  const body = new FormData(form, event.submitter);
  const file = form.elements.file?.files?.[0];
  if (form.dataset.limit && file && file.size > Number(form.dataset.limit)) return refuse(form, limit(form, file));
  say(file ? `${file.name} is being read …` : "One moment …");
  if (form.method === "get") return send(`${form.getAttribute("action")}?${new URLSearchParams(body)}`, {}, form);
  return send(form.getAttribute("action"), { method: "POST", body: form.enctype === "multipart/form-data" ? body : new URLSearchParams(body) }, form);
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.('a[href^="explore?"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await send(link.getAttribute("href"), {}, link);
  const heading = document.querySelector("#associations .head h3");
  if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); say(heading.textContent); }
});

let waiting = 0;
async function look() {
  clearTimeout(waiting);
  let pause = 3000;
  try {
    const found = document.hidden ? null : await (await fetch("progress")).json();
    if (found && found.version !== document.body.dataset.version) {
      show(await (await fetch("./")).text());
      say("The page shows something new.");
    } else if (found) follow(found);
    if (found?.running.length) pause = 1000;
  } catch { say("The studio does not answer: it was closed, or is busy."); }
  clearTimeout(waiting);
  waiting = setTimeout(look, pause);
}

// What a running training says goes into the page as it is: the server draws it when a stage begins.
async function follow(found) {
  const items = new Map([...document.querySelectorAll("#train .running [data-stage]")].map((item) => [item.dataset.stage, item]));
  if (found.stages.some((stage) => !items.has(stage.name)) && document.querySelector("#train .running")) return show(await (await fetch("./")).text());
  found.stages.forEach((stage) => {
    const item = items.get(stage.name);
    if (!item) return;
    item.querySelector("progress").value = stage.done;
    item.querySelector("path").setAttribute("d", stage.path || "M0 0");
    item.querySelector(".numbers").textContent = `epoch ${stage.epoch} of at most ${stage.epochs}${stage.losses ? ` · ${stage.losses}` : ""}`;
  });
  const now = found.stages.at(-1);
  const doing = document.getElementById("doing");
  if (doing && found.running.length && !doing.textContent.startsWith("Pausing")) {
    const words = found.running.at(-1);
    doing.textContent = `${words[0].toUpperCase()}${words.slice(1)} …`;
  }
  if (now) say(`Training: ${now.words}, ${Math.round(100 * now.done)} %`);
}

let typed = 0;
async function promise(form) {
  const place = form.querySelector(".promise");
  try {
    const found = await (await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(form)) })).json();
    place.textContent = (found.said || found.wrong).join(" ");
    place.classList.toggle("wrong", !found.said);
  } catch { place.textContent = ""; }
}
document.addEventListener("input", (event) => {
  if (event.target.type === "range") event.target.parentElement.querySelector("output").textContent = event.target.value;
  const form = event.target.closest("form[data-preview]");
  if (!form) return;
  clearTimeout(typed);
  typed = setTimeout(() => promise(form), 250);
});

document.addEventListener("dragover", (event) => {
  const place = event.target.closest?.(".drop");
  document.querySelectorAll(".drop").forEach((one) => one.classList.toggle("over", one === place));
  event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const form = document.querySelector(".drop");
  event.preventDefault();
  form.classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  form.elements.file.files = event.dataTransfer.files;
  form.requestSubmit();
});
document.addEventListener("visibilitychange", look);
look();
