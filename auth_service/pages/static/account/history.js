// The sessions that ended, and why.

import { described, h, marks, pages, placeOf, t, time } from "../dom.js";
import { call } from "../app.js";

const ALARMING = ["reused_token", "revoked_by_admin", "suspended"];

export default async function history() {
  return [
    h("p", { class: "lead" }, t("history.text")),
    await pages(
      async (cursor) => {
        const page = await call(`/sessions/history${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`);
        return { rows: page.sessions, cursor: page.cursor };
      },
      (session) =>
        h("li", {},
          h("div", { class: "what" },
            h("strong", {}, described(session)), marks(session),
            h("p", {}, placeOf(session)),
            h("p", { class: "quiet" }, t("sessions.opened"), " ", time(session.createdAt)),
          ),
          h("p", { class: ALARMING.includes(session.reason) ? "why alarming" : "why" }, t(`reason.${session.reason}`), h("br"), time(session.endedAt)),
        ),
      "history.none",
    ),
  ];
}
