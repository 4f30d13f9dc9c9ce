// What happened: the sessions that ended, and why, and the other events of the account.

import { described, h, marks, opened, placeOf, t, time, wordsOf } from "../dom.js";
import { eventsAt } from "../events.js";
import { listOf } from "../lists.js";

const ALARMING = ["reused_token", "revoked_by_admin", "suspended"];
const ELSEWHERE = ["refresh", "session_ended"]; // every few minutes; told by the sessions

export default async function history() {
  const types = wordsOf("event.").filter((each) => !ELSEWHERE.includes(each));
  const asked = new URLSearchParams([["limit", 20], ...types.map((each) => ["type", each])]);
  const [sessions, events] = await Promise.all([ended(), eventsAt("/profile/audit", asked, null, false)]);
  return [h("h2", {}, t("history.sessions")), sessions, h("h2", {}, t("history.events")), events];
}

const ended = () =>
  listOf(
    "/sessions/history",
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
