// Events of the audit trail, as a list: an admin sees all, everybody sees their own.

import { h, t, time } from "./dom.js";
import { link } from "./app.js";
import { listOf } from "./lists.js";

const KINDS = ["reason", "role", "factors.kind", "error"]; // of the words that can be an event's reason

const why = (reason) => KINDS.reduceRight((otherwise, kind) => t(`${kind}.${reason}`, {}, otherwise), reason);

/** Events of `path` that match a query. The API knows no outcome, so others are left out here; `named`: whose they are, too. */
export const eventsAt = (path, query, outcome, named = true) =>
  listOf(path, (event) => draw(event, named), "audit.none", {
    query,
    rowsOf: (page) => page.events.filter((each) => !outcome || each.outcome === outcome),
  });

const draw = (event, named) =>
  h("li", {},
    h("div", { class: "what" },
      h("strong", {}, t(`event.${event.type}`, {}, event.type)),
      event.outcome === "failure" && h("span", { class: "mark-unusual" }, t("audit.failure")),
      h("p", {},
        named && event.userId && [h("a", { href: link("admin", "user", `?id=${event.userId}`) }, event.userId), " · "],
        h("span", {}, event.ip),
        event.reason && [" · ", why(event.reason)],
      ),
    ),
    h("p", { class: "quiet" }, time(event.createdAt)),
  );
