// One account: its role, suspension, sessions, keys and events.

import { ask, button, card, date, facts, described, facts_of, field, h, marks, placeOf, say, t, time } from "../dom.js";
import { call, go, link, show, user as me } from "../app.js";
import { keysAt, newKey, secretOf } from "../account/keys.js";
import { eventsAt } from "../events.js";
import { filled, listOf } from "../lists.js";

export default async function user() {
  const id = new URLSearchParams(location.search).get("id") ?? "";
  const path = `/users/${encodeURIComponent(id)}`;
  const { user: shown } = await call(path);
  const made = h("div", { "aria-live": "polite" });
  const [{ factors }, sessions, keys, events] = await Promise.all([
    facts.factors ? call(`${path}/factors`) : { factors: [] },
    sessionsAt(`${path}/sessions`),
    filled(() => keysAt(`${path}/sessions`)),
    eventsAt("/audit", new URLSearchParams({ user: id, limit: 10 }), null, false),
  ]);
  return [
    card(null,
      h("h2", {}, shown.email),
      facts_of(
        ["role", t(`role.${shown.role}`)],
        ["since", date(shown.createdAt)],
        shown.suspendedAt && ["users.suspendedSince", time(shown.suspendedAt)],
        factors.length > 0 && ["view.factors", factors.map((each) => each.name).join(", ")],
        ["user.id", h("code", {}, shown._id)],
      ),
      h("p", { class: "actions" }, actions(shown, path, made, factors.length > 0)),
      made,
    ),
    card("user.sessions", sessions, h("p", {}, button("user.endAll", () => endAll(path), "danger"))),
    card("user.keys", keys, newKey(`${path}/keys`, made, keys)),
    card("user.events", events),
  ];
}

const sessionsAt = (path) =>
  listOf(
    path,
    (each) =>
      h("li", {},
        h("div", { class: "what" }, h("strong", {}, described(each)), marks(each), h("p", {}, placeOf(each), " · ", h("span", {}, each.ip))),
        h("p", { class: "quiet" }, t("sessions.seen"), " ", time(each.lastSeenAt)),
      ),
    "user.noSessions",
  );

function actions(shown, path, made, hasFactors) {
  const other = shown.role === "admin" ? "user" : "admin";
  return [
    button(`user.make.${other}`, () =>
      change({ title: `user.make.${other}`, text: t(`user.make.${other}.text`, shown), work: () => call(`${path}/${other}`, { method: "PUT" }) }),
    ),
    button("user.invite", async () => {
      const { invitation } = await call(`${path}/invitation`, { method: "POST" });
      made.replaceChildren(secretOf(invitation.code, "users.invited"));
    }),
    facts.mail &&
      button("user.reset", () =>
        change({ title: "user.reset", text: t("user.reset.text", shown), work: () => call(`${path}/password-reset`, { method: "POST" }) }),
      ),
    hasFactors &&
      button("user.factors", () =>
        change({ title: "user.factors", text: t("user.factors.text", shown), kind: "danger", work: () => call(`${path}/factors`, { method: "DELETE" }) }),
      ),
    shown.suspendedAt
      ? button("user.restore", () => change({ title: "user.restore", text: t("user.restore.text", shown), work: () => call(`${path}/suspension`, { method: "DELETE" }) }))
      : button("user.suspend", () => suspend(shown, path), "danger"),
    button("user.delete", () => remove(shown, path), "danger"),
  ];
}

const suspend = (shown, path) =>
  change({
    title: "user.suspend",
    text: t("user.suspend.text", shown),
    items: [field({ name: "reason", label: "user.reason", autocomplete: "off", maxlength: 200, hint: t("user.reason.hint") })],
    kind: "danger",
    work: ({ reason }) => call(`${path}/suspension`, { method: "POST", body: { reason: reason.trim() || null } }),
  });

async function remove(shown, path) {
  const done = await ask({
    title: "user.delete",
    text: t("user.delete.text", shown),
    submit: "user.delete",
    kind: "danger",
    work: () => call(path, { method: "DELETE" }),
  });
  if (!done) return;
  if (shown._id === me?._id) return location.reload();
  await go(link("admin", "users"));
  say(t("user.deleted", shown));
}

async function endAll(path) {
  const done = await ask({
    title: "user.endAll",
    text: t("user.endAll.text"),
    submit: "user.endAll",
    kind: "danger",
    work: () => call(`${path}/sessions`, { method: "DELETE" }),
  });
  if (done) await show();
}

async function change({ title, ...more }) {
  if (!(await ask({ title, submit: title, ...more }))) return;
  await show();
  say(t("done"));
}
