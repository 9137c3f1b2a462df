/* The clerk's console: keyboard and scanner first. It asks, shows that a rating came, and never how.
   Plain ES5, no build step; an old Chromium runs it. Talks to the desk that served it, with a cookie. */
"use strict";
(function () {
  var RECENT_MAX = 6;
  var OUTCOME_SHOWN_MS = 8000;
  var RETRY_MS = 3000;

  var language = stored("huiyin-language") || (/^zh/i.test(navigator.language || "zh") ? "zh" : "en");
  var session = { signed_on: false, clerks: false };
  var status = { state: "free", asked: null, answered: null };
  var place = { state: "open", clerk_no: null };
  var open = null;        // the invitation that waits: {id, name, ticket}
  var serving = null;     // what F2 began: its fields and its name
  var outcome = null;     // how the last one ended, for a while
  var outcomeTimer = null;
  var recent = [];
  var away = false;
  var changing = false;
  var busy = false;
  var queued = null;      // what the clerk did while an answer was awaited: the last of it
  var stream = null;
  var said = "";          // the word of what was said last, to say it again in the other language

  function el(id) { return document.getElementById(id); }
  function say(word) { return WORDS[language][word] || word; }
  function show(node, visible) { node.hidden = !visible; }

  // ---- asking the desk

  var send = makeSend(function () { signOut(); });

  // ---- signing on

  function start() {
    send("GET", "/session", null, function (code, answer) {
      if (code !== 200) { away = true; paint(); setTimeout(start, RETRY_MS); return; }
      session = answer;
      away = false;
      if (session.signed_on) { enter(); } else { signOut(); }
    });
  }

  function enter() {
    changing = false;
    el("sign-form").reset();
    el("sign-said").textContent = "";
    listen();
    send("GET", "/v1/window", null, function (code, answer) { if (code === 200) { place = answer; paint(); } });
    paint();
    el("slip").focus();
  }

  function signOut() {
    session.signed_on = false;
    if (stream) { stream.close(); stream = null; }
    paint();
    focusSign();
  }

  function focusSign() { el(session.clerks ? "sign-clerk-no" : "sign-pin").focus(); }

  function signOn(event) {
    event.preventDefault();
    var number = el("sign-clerk-no").value.trim();
    var pin = el("sign-pin").value;
    var body;
    if (session.clerks && number && !pin) { body = { badge: number }; }
    else { body = { pin: pin }; if (number) { body.clerk_no = number; } }
    send("POST", "/session", body, function (code, answer, word) {
      if (code === 200) { session = answer; place = { state: "open", clerk_no: answer.clerk_no || null }; enter(); return; }
      el("sign-said").textContent = say(word === "malformed" ? "pin-wrong" : word);
      el("sign-pin").value = "";
      focusSign();
    });
  }

  // ---- events

  function listen() {
    if (stream) { stream.close(); }
    stream = new EventSource("/v1/events");
    stream.addEventListener("status", function (event) {
      away = false;
      status = JSON.parse(event.data);
      if (status.state === "asking" && outcome) { outcome = null; }
      paint();
    });
    stream.addEventListener("window", function (event) { place = JSON.parse(event.data); look(); });
    stream.addEventListener("invitation", function (event) { note(JSON.parse(event.data)); });
    stream.onopen = function () { away = false; recheck(); paint(); };
    stream.onerror = function () {
      away = true;
      paint();
      if (stream && stream.readyState === 2) { setTimeout(start, RETRY_MS); }
    };
  }

  function look() {
    send("GET", "/v1/status", null, function (code, answer) { if (code === 200) { status = answer; paint(); } });
  }

  function recheck() {
    if (open) { send("GET", "/v1/invitations/" + open.id, null, function (code, answer) {
      if (code === 200) { note(answer); } else if (code === 404) { open = null; paint(); }
    }); }
  }

  function note(told) {
    var i;
    for (i = 0; i < recent.length; i += 1) {
      if (recent[i].id === told.invitation) { recent[i].state = told.state; }
    }
    if (told.state === "waiting") { hearOf(told.invitation); }
    else if (open && open.id === told.invitation) {
      outcome = { state: told.state, name: open.name };
      open = null;
      clearTimeout(outcomeTimer);
      outcomeTimer = setTimeout(function () { outcome = null; paint(); }, OUTCOME_SHOWN_MS);
    }
    paint();
  }

  /* Asked by the business system, the scanner at the window, the hall or another console. */
  function hearOf(id) {
    if (open && open.id === id) { return; }
    open = { id: id, name: say("elsewhere"), ticket: false };
    outcome = null;
    keep(open, "waiting");
  }

  function keep(asked, state) {
    recent = recent.filter(function (row) { return row.id !== asked.id; });
    recent.unshift({ id: asked.id, name: asked.name, state: state, at: clock() });
    recent = recent.slice(0, RECENT_MAX);
  }

  // ---- what the clerk does

  function tell(word) { said = word; el("said").textContent = word ? say(word) : ""; }

  function whenFree(action) {
    if (busy) { queued = action; } else { action(); }
  }

  function act(method, path, body, done, text) {
    busy = true;
    tell("");
    send(method, path, body, function (code, answer, word) {
      var next = queued;
      busy = false;
      queued = null;
      if (code >= 200 && code < 300) { done(answer); } else { tell(word); giveBack(text); }
      paint();
      el("slip").focus();
      if (next) { next(); }
    });
  }

  function giveBack(text) {
    if (text && !el("slip").value) { el("slip").value = text; el("slip").select(); }
  }

  function ask(body, name, isTicket) {
    act("POST", "/v1/invitations", body, function (answer) {
      open = { id: answer.invitation, name: name, ticket: isTicket };
      outcome = null;
      serving = null;
      keep(open, answer.state);
      note(answer);
    }, body.slip);
  }

  function join(text) {
    act("PATCH", "/v1/invitations/" + open.id, { slip: text }, function () {
      open.name = text;
      open.ticket = false;
      keep(open, "waiting");
      tell("joined");
    }, text);
  }

  function submit(event) {
    var text = takeSlip();
    event.preventDefault();
    whenFree(function () { askAbout(text); });
  }

  function takeSlip() {
    var text = el("slip").value.trim();
    el("slip").value = "";
    return text;
  }

  function askAbout(text) {
    var isTicket = fitsTicket(session.slips || [], text);
    if (text && open && open.ticket && !isTicket) { join(text); }
    else if (text) { ask({ slip: text }, text, isTicket); }
    else if (serving) { ask(serving.body, serving.name, false); }
    else { tell("empty"); }
  }

  function askNow() {
    if (serving) { ask(serving.body, serving.name, false); return; }
    ask({ ticket_no: "hotkey-" + random() }, say("walk"), true);
  }

  function begin() {
    var text = takeSlip();
    if (!text) { tell("empty"); return; }
    act("PUT", "/v1/service", { state: "begun", slip: text }, function () {
      serving = { body: { slip: text }, name: text };
      outcome = null;
    }, text);
  }

  function cancel() {
    if (!open) { tell(el("slip").value ? "" : "nothing"); el("slip").value = ""; return; }
    act("DELETE", "/v1/invitations/" + open.id, null, note);
  }

  function pause() {
    var next = status.state === "paused" ? "open" : "paused";
    act("PUT", "/v1/window", { state: next }, function (answer) { place = answer; look(); });
  }

  function change() { changing = true; tell(""); paint(); focusSign(); }
  function goBack() { changing = false; paint(); el("slip").focus(); }

  // ---- showing

  function boardState() {
    if (away) { return "away"; }
    if (status.state === "asking" || status.state === "fault" || status.state === "paused") { return status.state; }
    if (outcome) { return outcome.state; }
    return serving && status.state === "free" ? "serving" : status.state;
  }

  function subjectOf(state) {
    if (state === "asking") { return open ? open.name : ""; }
    if (outcome && state === outcome.state) { return outcome.name; }
    return state === "serving" && serving ? serving.name : "";
  }

  function paint() {
    paintWords(say);
    document.documentElement.lang = language;
    document.title = say("title");
    el("language").textContent = say("other");
    var signing = !session.signed_on || changing;
    document.body.className = signing ? "signing" : "working";
    show(el("sign"), signing);
    show(el("work"), !signing);
    show(el("sign-clerk"), session.clerks || changing);
    show(el("sign-back"), changing);
    el("sign-pin-name").textContent = say(session.clerks ? "pin" : "desk_pin");
    el("sign-hint").textContent = say(changing ? "hint_change" : session.clerks ? "hint_clerks" : "hint_pin");
    show(el("clerk"), !signing && Boolean(place.clerk_no));
    el("clerk").textContent = say("clerk") + " " + (place.clerk_no || "");
    paintBoard();
    paintCounts();
  }

  function paintBoard() {
    var state = boardState();
    el("board").className = "state-" + state;
    el("state").textContent = say(state);
    el("subject").textContent = subjectOf(state);
    var advice = WORDS[language][state + "_advice"] || "";
    el("advice").textContent = advice;
    el("pause-name").textContent = say(status.state === "paused" ? "resume" : "pause");
    el("cancel").disabled = !open;
    el("ask").disabled = away;
    tell(said);
  }

  function paintCounts() {
    el("asked").textContent = status.asked === null ? "–" : status.asked;
    el("answered").textContent = status.answered === null ? "–" : status.answered;
    show(el("none"), recent.length === 0);
    fillRows(el("recent"), recent.map(function (row) {
      return { at: row.at, name: row.name, end: say(row.state) };
    }));
  }

  // ---- keys: a scanner types into the field wherever the focus was

  var KEYS = { F2: begin, F4: askNow, F8: pause, F9: change, Escape: cancel, Esc: cancel };

  function press(event) {
    if (!session.signed_on || event.ctrlKey || event.altKey || event.metaKey || event.repeat) { return; }
    if (changing) { if (event.key === "Escape" || event.key === "Esc") { goBack(); } return; }
    if (KEYS.hasOwnProperty(event.key)) { event.preventDefault(); whenFree(KEYS[event.key]); return; }
    if (event.key && event.key.length === 1 && document.activeElement !== el("slip")) { el("slip").focus(); }
  }

  document.addEventListener("keydown", press);
  el("sign-form").addEventListener("submit", signOn);
  el("ask-form").addEventListener("submit", submit);
  el("begin").addEventListener("click", function () { whenFree(begin); });
  el("now").addEventListener("click", function () { whenFree(askNow); });
  el("cancel").addEventListener("click", function () { whenFree(cancel); });
  el("pause").addEventListener("click", function () { whenFree(pause); });
  el("change").addEventListener("click", change);
  el("sign-back").addEventListener("click", goBack);
  el("language").addEventListener("click", function () {
    language = language === "zh" ? "en" : "zh";
    stored("huiyin-language", language);
    paint();
  });
  paint();
  start();
}());
