// The page that TipDesk serves to OBS. It shows what it is told over its socket, as text only, and
// nothing once the socket is gone: what was true before a break may not be true after it.
"use strict";

const [, , token, page] = location.pathname.split("/");
const stage = document.getElementById("stage");
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10000;
let socket = null;
let wait = FIRST_WAIT_MS;
let current = null;

function make(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function media(name) {
  return `/overlay/${token}/media/${encodeURIComponent(name)}`;
}

function stillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function clear() {
  if (current !== null) {
    clearTimeout(current.timer);
    if (current.sound !== null) current.sound.pause();
    current = null;
  }
  stage.replaceChildren();
}

function leave(number) {
  if (current === null || current.number !== number || current.isLeaving) return;
  current.isLeaving = true;
  clearTimeout(current.timer);
  if (current.sound !== null) current.sound.pause();
  if (stillness()) {
    clear();
    return;
  }
  const gone = current.card;
  gone.classList.add("leaving");
  gone.addEventListener("animationend", () => gone.remove());
  // A page in the background gets no animation events.
  setTimeout(() => gone.remove(), 2000);
  current = null;
}

function play(alert) {
  if (!alert.sound) return null;
  const sound = new Audio(media(alert.sound));
  sound.volume = Math.min(1, Math.max(0, alert.volume / 100));
  // A browser that was not clicked yet may keep silent; OBS plays.
  sound.play().catch(() => {});
  return sound;
}

function showAlert(alert) {
  const left = Math.min(alert.ends_at_ms - Date.now(), alert.duration_ms);
  if (left <= 0) return;
  clear();
  const card = make("section", "card alert");
  if (alert.test) {
    card.classList.add("test");
    card.append(make("div", "mark", "Test"));
  }
  if (alert.picture) {
    const picture = make("img", "picture");
    picture.alt = "";
    picture.src = media(alert.picture);
    card.append(picture);
  }
  const headline = make("p", "headline");
  for (const part of alert.headline) headline.append(make("span", part.kind, part.text));
  card.append(headline);
  if (alert.comment) card.append(make("p", "comment", alert.comment));
  stage.replaceChildren(card);
  const timer = setTimeout(() => leave(alert.number), left);
  current = { number: alert.number, card, timer, sound: play(alert), isLeaving: false };
  socket.send(JSON.stringify({ shown: alert.number }));
}

function showGoal(goal) {
  let card = stage.querySelector(".goal");
  if (!goal.title) {
    stage.replaceChildren();
    return;
  }
  if (card === null) {
    card = make("section", "card goal");
    const line = make("div", "line");
    line.append(make("span", "title"), make("span", "amount"));
    const track = make("div", "track");
    track.append(make("div", "bar"));
    card.append(line, track);
    stage.replaceChildren(card);
  }
  card.querySelector(".title").textContent = goal.title;
  card.querySelector(".amount").textContent = `${goal.have} / ${goal.want}`;
  const percent = Math.min(100, goal.percent);
  requestAnimationFrame(() => { card.querySelector(".bar").style.width = `${percent}%`; });
}

function showList(list) {
  if (list.rows.length === 0) {
    stage.replaceChildren();
    return;
  }
  const card = make("section", "card list");
  for (const one of list.rows) {
    const row = make("div", "row");
    row.append(make("span", one.name_kind, one.name), make("span", "amount", one.amount));
    card.append(row);
    if (one.comment) card.append(make("p", "comment", one.comment));
  }
  stage.replaceChildren(card);
}

const TAKES = {
  alert: showAlert,
  hide: (message) => leave(message.number),
  goal: showGoal,
  top: showList,
  last: showList,
};

function connect() {
  socket = new WebSocket(`ws://${location.host}/overlay/${token}/${page}/socket`);
  socket.addEventListener("open", () => { wait = FIRST_WAIT_MS; });
  socket.addEventListener("message", (event) => {
    const message = JSON.parse(event.data);
    if (Object.hasOwn(TAKES, message.kind)) TAKES[message.kind](message);
  });
  socket.addEventListener("close", () => {
    clear();
    setTimeout(connect, wait);
    wait = Math.min(LONGEST_WAIT_MS, wait * 2);
  });
}

connect();
