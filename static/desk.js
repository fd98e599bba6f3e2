/* Comfort only: every page works without this file. */
"use strict";

document.documentElement.classList.add("js");

const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
const one = (selector, within = document) => within.querySelector(selector);

/* Quick exit: this page is replaced, so that "back" does not return to it. */
(function () {
  const door = one("[data-leave]");
  if (!door) return;
  const leave = () => window.location.replace(door.href);
  let last = 0;
  door.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    const now = Date.now();
    if (now - last < 600) leave();
    last = now;
  });
})();

/* A second click sends nothing; the server would answer it with the first result anyway. */
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  window.setTimeout(() => all("button", form).forEach((b) => (b.disabled = true)), 0);
});
window.addEventListener("pageshow", () =>
  all("form button").forEach((button) => (button.disabled = false)),
);

all("form[data-ctrl-enter]").forEach((form) =>
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey && !event.isComposing) {
      event.preventDefault();
      const button = one("button[type=submit]", form);
      if (!button.disabled) form.requestSubmit(button);
    }
  }),
);

/* Access keys, also where the browser wants another modifier than Alt. */
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  const letter = /^Key([A-Z])$/.exec(event.code);
  const target = letter && one(`[accesskey=${letter[1].toLowerCase()}]`);
  if (!target) return;
  event.preventDefault();
  target.focus();
  if (target.type === "search") target.select();
  if (target.href || target.matches("[data-press]")) target.click();
});

one("[data-focus]")?.focus();

/* Radio groups: a digit picks the n-th, Y N R U pick yes, no, refused, unknown; then on to the
   next field. Only while the group has the focus. */
(function () {
  const show = (group) =>
    all("label", group).forEach((l) => l.classList.toggle("picked", Boolean(one(":checked", l))));
  all(".segments fieldset").forEach((group) => {
    show(group);
    group.addEventListener("change", () => show(group));
  });
  document.addEventListener("keydown", (event) => {
    const radio = event.target;
    if (radio.type !== "radio" || event.ctrlKey || event.altKey || event.metaKey) return;
    const group = all("input[type=radio]", radio.form).filter((r) => r.name === radio.name);
    const answers = group.every((r) => /^(yes|no|refused|unknown)$/.test(r.value));
    const letter = event.key.toLowerCase();
    const picked =
      group[Number(event.key) - 1] ||
      (answers && letter.length === 1 && group.find((r) => r.value[0] === letter));
    if (!picked) return;
    event.preventDefault();
    picked.checked = true;
    picked.dispatchEvent(new Event("change", { bubbles: true }));
    goOn(picked);
  });
  function goOn(radio) {
    const fields = all("input, select, textarea, button", radio.form).filter(
      (f) => f.type !== "hidden" && f.offsetParent && (f.name !== radio.name || f === radio),
    );
    const next = fields[fields.indexOf(radio) + 1];
    const same = next && next.type === "radio" && fields.find((f) => f.name === next.name && f.checked);
    (same || next || radio).focus();
  }
})();

/* The desk: arrows or J and K move, Enter opens (it is a link), digits open the n-th. */
(function () {
  const list = one("[data-todos]");
  if (!list) return;
  const links = all("a", list);
  links[0].focus({ preventScroll: true });
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const here = links.indexOf(document.activeElement);
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step) {
      event.preventDefault();
      links[Math.min(Math.max(here + step, 0), links.length - 1)].focus();
    } else if (/^[1-9]$/.test(event.key) && links[Number(event.key) - 1]) {
      window.location.assign(links[Number(event.key) - 1].href);
    }
  });
})();

/* The register: arrows or J and K move from row to row, Enter opens (it is a link). From anywhere on
   the page but a field, where they belong to whoever types. */
(function () {
  const table = one("[data-rows]");
  if (!table) return;
  const links = all("tbody th a", table);
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!step || event.isComposing || event.defaultPrevented) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const here = links.indexOf(document.activeElement);
    const arrow = event.key.length > 1;
    if (event.target.closest("input, select, textarea") || (arrow && here < 0)) return;
    event.preventDefault();
    links[Math.min(Math.max(here + step, 0), links.length - 1)].focus();
  });
  table.addEventListener("focusin", (event) => mark(event.target.closest("tbody tr")));
  table.addEventListener("focusout", () => mark(null));
  function mark(row) {
    all(".here", table).forEach((r) => r.classList.remove("here"));
    if (row) row.classList.add("here");
  }
})();

/* The visit log: kept on the server while she types, advice when there is danger. */
(function () {
  const form = one("form[data-visit]");
  if (!form) return;
  const saved = one("[data-saved]");
  const token = () => one("[name=csrfmiddlewaretoken]", form).value;
  const value = (name) => new FormData(form).get(name) || "";
  let timer = 0;
  let composing = false;
  let sending = false;
  let again = false;
  let gone = false;
  let leaving = false;

  const typed = () => {
    const told = {};
    new FormData(form).forEach((v, k) => {
      if (k !== "csrfmiddlewaretoken") told[k] = v;
    });
    return JSON.stringify(told);
  };

  async function keep() {
    timer = 0;
    if (gone || composing) return;
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    try {
      const answer = await fetch(form.dataset.keep, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: typed(),
        redirect: "error",
        keepalive: leaving,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      saved.classList.remove("lost");
      saved.textContent = `${form.dataset.textSaved} ${told.saved}`;
      remember();
    } catch {
      if (!gone) {
        saved.classList.add("lost");
        saved.textContent = form.dataset.textLost;
        soon(5000);
      }
    }
    sending = false;
    if (again) {
      again = false;
      soon();
    }
  }

  /* Reloading, or changing the language, comes back to what is typed. */
  function remember() {
    const here = form.dataset.keep + value("draft") + "/";
    window.history.replaceState(null, "", here);
    all("input[name=next]").forEach((next) => (next.value = here));
  }

  function soon(wait = 800) {
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, wait);
  }

  form.addEventListener("compositionstart", () => {
    composing = true;
    window.clearTimeout(timer);
  });
  form.addEventListener("compositionend", () => {
    composing = false;
    soon();
  });
  form.addEventListener("input", (event) => {
    if (!composing && !event.isComposing) soon();
  });
  form.addEventListener("change", () => {
    if (!composing) soon();
  });
  form.addEventListener("submit", () => {
    gone = true;
    window.clearTimeout(timer);
  });

  window.addEventListener("pagehide", () => {
    if (!timer) return;
    window.clearTimeout(timer);
    leaving = true;
    keep();
  });

  const matched = one("[data-matched]");
  async function match() {
    const asked = new URLSearchParams({ phone: value("phone"), id_number: value("id_number") });
    try {
      const answer = await fetch(form.dataset.match, {
        method: "POST",
        headers: { "X-CSRFToken": token() },
        body: asked,
        redirect: "error",
      });
      matched.textContent = answer.ok ? (await answer.json()).sentence : "";
    } catch {
      matched.textContent = "";
    }
  }
  ["phone", "id_number"].forEach((name) => form.elements[name].addEventListener("change", match));

  const advice = one("[data-advice]");
  function look() {
    const alarming =
      value("danger_hurt") === "yes" ||
      value("danger_afraid") === "yes" ||
      value("danger_safe_now") === "no" ||
      ["him", "hurt", "weapon", "police"].some((name) => value(`beside_${name}`) === "yes");
    advice.classList.toggle("shown", alarming);
    all("[data-when]", form).forEach((part) => {
      part.hidden = part.dataset.when !== value("kind") && !one(".wrong", part);
    });
  }
  form.addEventListener("change", look);
  look();
})();
