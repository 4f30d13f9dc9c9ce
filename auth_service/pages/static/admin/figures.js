// What goes on now, and figures of the last day from the audit trail.

import { facts, h, number, t } from "../dom.js";
import { call } from "../app.js";

const MOST = 500; // events that are counted of one type
const LAST = 24; // hours

export default async function figures() {
  const from = new Date(Date.now() - LAST * 3_600_000).toISOString();
  const [{ figures: now }, ready, logins, ended, registered, refused, reused] = await Promise.all([
    call("/figures"), fetch(`${facts.base}/readyz`).then((answer) => answer.ok, () => false),
    events("login", from), events("session_ended", from), events("register", from), events("forbidden", from), events("refresh_reused", from),
  ]);
  const failed = logins.filter((each) => each.outcome === "failure");
  return [
    h("dl", { class: "figures" },
      now.sessions !== null && figure("figures.sessions", now.sessions, 0),
      now.mails !== null && figure("figures.mails", now.mails, 0),
      h("div", { class: ready ? "" : "alarming" }, h("dt", {}, t("figures.database")), h("dd", {}, t(ready ? "figures.answers" : "figures.silent"))),
    ),
    h("h2", {}, t("figures.text")),
    h("dl", { class: "figures" },
      figure("figures.logins", logins.length - failed.length, logins.length),
      figure("figures.failures", failed.length, logins.length),
      figure("figures.ended", ended.length),
      figure("figures.registered", registered.length),
      figure("figures.refused", refused.length),
      figure("figures.reused", reused.length, 0, reused.length > 0),
    ),
  ];
}

const figure = (key, value, counted = value, alarming = false) =>
  h("div", { class: alarming ? "alarming" : "" }, h("dt", {}, t(key)), h("dd", {}, number(value), counted >= MOST && "+"));

/** The events of a type since a moment, `MOST` at the most. */
async function events(type, from) {
  const found = [];
  let cursor = "";
  while (cursor !== null && found.length < MOST) {
    const asked = new URLSearchParams({ type, from, limit: 100 });
    if (cursor) asked.set("cursor", cursor);
    const page = await call(`/audit?${asked}`);
    found.push(...page.events);
    cursor = page.cursor;
  }
  return found;
}
