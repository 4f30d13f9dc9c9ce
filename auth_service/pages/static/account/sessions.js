// The sessions that are active, on a map and in words.

import { ask, button, described, h, marks, opened, placeOf, say, t, time } from "../dom.js";
import { call, show } from "../app.js";
import { listOf } from "../lists.js";

const LAND = new URL("../world.svg", import.meta.url).pathname;

export default async function sessions() {
  const places = [];
  const list = await listOf("/sessions", draw, "sessions.none", {
    query: { places: true },
    rowsOf: (page) => {
      for (const each of page.sessions) if (page.places[each.sessionId]) places.push([page.places[each.sessionId], each]);
      return page.sessions;
    },
  });
  const others = list[0].children.length > 1;
  return [
    places.length > 0 && map(places),
    list,
    others && h("p", {}, button("sessions.endAll", endAll, "danger")),
    !others && h("p", { class: "empty" }, t("sessions.only")),
  ];
}

/** Dots on the world; the list says the same in words. */
function map(places) {
  const dots = places.map(([[latitude, longitude], each]) =>
    h("circle", { cx: longitude + 180, cy: 90 - latitude, r: each.current ? 3 : 2.4, class: each.unusual ? "odd" : each.current ? "here" : "" }),
  );
  return h("figure", { class: "map", "aria-hidden": "true" },
    h("svg", { viewBox: "0 4 360 146" }, h("image", { href: LAND, width: 360, height: 180 }), dots),
  );
}

function draw(session) {
  return h("li", {},
    h("div", { class: "what" },
      h("strong", {}, described(session)),
      session.current && h("span", { class: "tag" }, t("sessions.this")),
      marks(session),
      h("p", {}, placeOf(session), " · ", h("span", {}, session.ip)),
      h("p", { class: "quiet" }, opened(session), " · ", t("sessions.seen"), " ", time(session.lastSeenAt)),
    ),
    !session.current && button("sessions.end", () => end(session)),
  );
}

async function end(session) {
  await call(`/sessions/${session.sessionId}`, { method: "DELETE" });
  await show();
  say(t("sessions.ended"));
}

async function endAll() {
  let ended = 0;
  const done = await ask({
    title: "sessions.endAll",
    text: t("sessions.endAll.text"),
    submit: "sessions.endAll",
    kind: "danger",
    work: async () => ({ ended } = await call("/sessions", { method: "DELETE" })),
  });
  if (!done) return;
  await show();
  say(t("sessions.endedAll", { count: ended }));
}
