// Events of the audit trail, as a list: an admin sees all, everybody sees their own.

import { h, pages, t, time } from "./dom.js";
import { call, link } from "./app.js";

/** Events of `path` that match a query. The API knows no outcome, so others are left out here; `named`: whose they are, too. */
export const eventsAt = (path, asked, outcome, named = true) =>
  pages(
    async (cursor) => {
      if (cursor) asked.set("cursor", cursor);
      const page = await call(`${path}?${asked}`);
      return { rows: page.events.filter((each) => !outcome || each.outcome === outcome), cursor: page.cursor };
    },
    (event) =>
      h("li", { class: event.outcome === "failure" ? "failed" : "" },
        h("div", { class: "what" },
          h("strong", {}, t(`event.${event.type}`, {}, event.type)),
          event.outcome === "failure" && h("span", { class: "mark-unusual" }, t("audit.failure")),
          h("p", {},
            event.reason && h("span", {}, t(`reason.${event.reason}`, {}, t(`error.${event.reason}`, {}, event.reason)), " · "),
            named && event.userId && [h("a", { href: link("admin", "user", `?id=${event.userId}`) }, event.userId), " · "],
            h("span", {}, event.ip),
          ),
        ),
        h("p", { class: "quiet" }, time(event.createdAt)),
      ),
    "audit.none",
  );
