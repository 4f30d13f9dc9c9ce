// What happened: the sessions that ended, and why, and the other events of the account.

import { described, h, marks, opened, pages, placeOf, t, time, wordsOf } from "../dom.js";
import { call } from "../app.js";
import { eventsAt } from "../events.js";

const ALARMING = ["reused_token", "revoked_by_admin", "suspended"];
const ELSEWHERE = ["refresh", "session_ended"]; // every few minutes; told by the sessions

export default async function history() {
  const types = wordsOf("event.").filter((each) => !ELSEWHERE.includes(each));
  const asked = new URLSearchParams([["limit", 20], ...types.map((each) => ["type", each])]);
  const [sessions, events] = await Promise.all([ended(), eventsAt("/profile/audit", asked, null, false)]);
  return [h("h2", {}, t("history.sessions")), sessions, h("h2", {}, t("history.events")), events];
}

const ended = () =>
  pages(
    async (cursor) => {
      const page = await call(`/sessions/history${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`);
      return { rows: page.sessions, cursor: page.cursor };
    },
    (session) =>
      h("li", {},
        h("div", { class: "what" },
          h("strong", {}, described(session)), marks(session),
          h("p", {}, placeOf(session)),
          h("p", { class: "quiet" }, opened(session)),
        ),
        h("p", { class: ALARMING.includes(session.reason) ? "why alarming" : "why" }, t(`reason.${session.reason}`), h("br"), time(session.endedAt)),
      ),
    "history.none",
  );
