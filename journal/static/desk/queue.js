// The queue by keyboard, and word of what came in. Without this script the list works by links and buttons alone.

const PAUSE = 30_000; // between two questions; a hidden page asks none
const news = document.getElementById("queue-news");
const said = news.querySelector("[role=status]");
const show = news.querySelector("button");
const rows = () => [...document.querySelectorAll("#result_list tr.data-row")];
const main = (row) => row.querySelector(".desk-why a.desk-link");
const here = () => rows().indexOf(document.activeElement?.closest("tr.data-row"));

function go(step) {
  const all = rows();
  const at = here();
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
  if (!next) return;
  main(next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function inRow(find, act) {
  const row = rows()[here()];
  const found = row && find(row);
  if (found) act(found);
}

const open = (details) => {
  details.open = true;
  details.querySelector("textarea, select").focus();
};
const keys = {
  j: () => go(1),
  k: () => go(-1),
  p: () => inRow((row) => row.querySelector("a[data-key=p]"), (link) => link.click()),
  a: () => inRow((row) => row.querySelector("button[data-key=a]"), (button) => button.click()),
  e: () => inRow((row) => row.querySelector("details[data-key=e]"), open),
  x: () => inRow((row) => row.querySelector("input.action-select"), (box) => box.click()),
  "/": () => document.getElementById("searchbar")?.focus(),
  "?": () => {
    const list = document.getElementById("queue-keys");
    list.open = !list.open;
    list.querySelector("summary").focus();
  },
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    const details = event.target.closest("details[open]");
    if (!details) return;
    details.open = false;
    details.querySelector("summary").focus();
  } else if (!typing && keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});

// A list in which somebody is about to act is never changed under their hands.
const busy = () =>
  document.querySelector("#result_list details[open], input.action-select:checked") !== null ||
  document.activeElement?.closest("#result_list textarea, #result_list select") != null;

const UNATTENDED = { headers: { "X-Osteon-Unattended": "1" }, redirect: "manual", credentials: "same-origin" };

async function patch() {
  const answer = await fetch(location.href, UNATTENDED);
  if (!answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.closest("tr.data-row") && document.activeElement.getAttribute("href");
  for (const id of ["changelist-form", "queue-forms"]) {
    const [old, made] = [document.getElementById(id), fresh.getElementById(id)];
    if (!old || !made) return false;
    old.replaceWith(document.adoptNode(made));
  }
  if (focused) document.querySelector(`#result_list a[href="${CSS.escape(focused)}"]`)?.focus();
  return true;
}

function words(now) {
  const more = now.open - Number(news.dataset.open);
  if (more < 1) return news.dataset.changed;
  return more === 1 ? news.dataset.one : news.dataset.many.replace("{n}", more);
}

async function ask() {
  if (document.hidden) return;
  let answer;
  try {
    answer = await fetch(news.dataset.address, UNATTENDED);
  } catch {
    said.textContent = news.dataset.lost;
    return;
  }
  if (answer.type === "opaqueredirect" || answer.status === 403) {
    said.textContent = news.dataset.ended;
    clearInterval(asking);
    return;
  }
  if (!answer.ok) return;
  const now = await answer.json();
  if (said.textContent === news.dataset.lost) said.textContent = "";
  if (now.mark === news.dataset.mark) return;
  said.textContent = words(now);
  if (busy() || !(await patch())) {
    show.hidden = false;
    return;
  }
  news.dataset.mark = now.mark;
  news.dataset.open = now.open;
}

show.addEventListener("click", () => location.reload());
const asking = setInterval(ask, Number(news.dataset.pause) || PAUSE);
document.addEventListener("visibilitychange", ask);
