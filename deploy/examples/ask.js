// Ask the citizen at this window from a page of the business system, and hear the end as it happens.
// The page's origin must be named in the kiosk's settings: [desk] origins = ["https://…"].
async function ask(desk, token, transaction) {
  const headers = { "Authorization": "Bearer " + token, "Content-Type": "application/json" };
  const events = await fetch(desk + "/v1/events", { headers });
  const asked = await fetch(desk + "/v1/invitations", { method: "POST", headers, body: JSON.stringify(transaction) });
  const invitation = await asked.json();
  if (!asked.ok) { await events.body.cancel(); throw new Error(invitation.type + ": " + invitation.detail); }
  const reader = events.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (invitation.state === "waiting") {
    const { value, done } = await reader.read();
    if (done) { throw new Error("the desk went away"); }
    text += decoder.decode(value, { stream: true });
    const whole = text.split("\n\n");
    text = whole.pop();
    for (const event of whole) {
      const told = /^event: invitation\ndata: (.*)$/m.exec(event);
      const body = told && JSON.parse(told[1]);
      if (body && body.invitation === invitation.invitation) { invitation.state = body.state; }
    }
  }
  await reader.cancel();
  return invitation;  // {invitation, state}: rated, not_rated, cancelled, superseded or interrupted
}
