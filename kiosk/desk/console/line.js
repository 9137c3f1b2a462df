/* What the console sends to the desk that served it, and the little it needs of the browser. */
"use strict";

/* Return send(method, path, body, done): done gets status, body and the problem's word.
   No answer at all is status 0 and "away"; 401 calls onSignedOut instead. */
function makeSend(onSignedOut) {
  var WAIT_MS = 10000;
  return function (method, path, body, done) {
    var request = new XMLHttpRequest();
    request.open(method, path);
    request.timeout = WAIT_MS;
    if (body) { request.setRequestHeader("Content-Type", "application/json"); }
    request.onload = function () {
      var answer = null;
      try { answer = JSON.parse(request.responseText); } catch (broken) { /* no JSON: failed */ }
      if (request.status === 401) { onSignedOut(); return; }
      done(request.status, answer || {}, wordOf(answer));
    };
    request.onerror = request.ontimeout = function () { done(0, {}, "away"); };
    request.send(body ? JSON.stringify(body) : null);
  };
}

function wordOf(answer) {
  var type = (answer && answer.type) || "";
  return type.indexOf("urn:huiyin:") === 0 ? type.slice(11) : "failed";
}

function random() {
  var bytes = new Uint8Array(8);
  crypto.getRandomValues(bytes);
  return Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
}

function clock() {
  var now = new Date();
  return ("0" + now.getHours()).slice(-2) + ":" + ("0" + now.getMinutes()).slice(-2);
}

/* Read or keep a setting of this browser; null where it keeps none. */
function stored(name, value) {
  try {
    if (value === undefined) { return localStorage.getItem(name); }
    localStorage.setItem(name, value);
  } catch (denied) { /* private mode: the language is asked anew */ }
  return null;
}

/* Fill a list with rows of named parts, as text and never as markup. */
function fillRows(list, rows) {
  list.textContent = "";
  rows.forEach(function (row) {
    var item = document.createElement("li");
    Object.keys(row).forEach(function (part) {
      var span = document.createElement("span");
      span.className = part;
      span.textContent = row[part];
      item.appendChild(span);
    });
    list.appendChild(item);
  });
}

/* Whether a slip names a ticket alone: the first pattern [text, is a ticket] that fits says so. */
function fitsTicket(patterns, text) {
  for (var i = 0; i < patterns.length; i += 1) {
    try {
      if (new RegExp("^(?:" + patterns[i][0] + ")$").test(text)) { return patterns[i][1]; }
    } catch (unread) { /* a pattern that this browser cannot read: the desk can */ }
  }
  return false;
}

/* Every element with data-word says its word. */
function paintWords(say) {
  var words = document.querySelectorAll("[data-word]");
  for (var i = 0; i < words.length; i += 1) { words[i].textContent = say(words[i].getAttribute("data-word")); }
}
