// Accounts, found by the beginning of an address, by role or by suspension; and making new ones.

import { card, date, field, form, h, t } from "../dom.js";
import { call, go, link } from "../app.js";
import { secretOf } from "../account/keys.js";
import { filled, listOf } from "../lists.js";

const FILTERS = [["", "users.all"], ["role=admin", "users.admins"], ["role=user", "users.plain"], ["suspended=true", "users.suspended"]];

export default async function users() {
  const wanted = new URLSearchParams(location.search);
  const made = h("div", { "aria-live": "polite" });
  const query = [...wanted, ["limit", 25]];
  const list = await filled(() => listOf("/users", draw, "users.none", { query, rowsOf: (page) => page.users }));
  return [search(wanted), made, list, card("users.new", newUser(made, list))];
}

/** By the beginning of an address or by one of the filters: the API takes one of them. */
function search(wanted) {
  const prefix = wanted.get("prefix") ?? "";
  const filter = prefix ? "" : wanted.toString();
  return h("div", { class: "search" },
    form([field({ name: "prefix", label: "users.prefix", type: "search", value: prefix, autocomplete: "off", maxlength: 254 })], "users.search", ({ prefix }) =>
      go(link("admin", "users", prefix.trim() ? `?${new URLSearchParams({ prefix: prefix.trim() })}` : "")),
    ),
    h("ul", { class: "filters", "aria-label": t("users.filters") },
      FILTERS.map(([query, key]) =>
        h("li", {}, h("a", { href: link("admin", "users", query && `?${query}`), "aria-current": !prefix && filter === query && "true" }, t(key))),
      ),
    ),
  );
}

const draw = (each) =>
  h("li", {},
    h("div", { class: "what" },
      h("a", { href: link("admin", "user", `?id=${each._id}`) }, each.email),
      each.role === "admin" && h("span", { class: "tag" }, t("role.admin")),
      each.suspendedAt && h("span", { class: "mark-unusual" }, t("users.isSuspended")),
    ),
    h("p", { class: "quiet" }, t("since"), " ", date(each.createdAt)),
  );

const newUser = (made, list) =>
  form(
    [
      field({ name: "email", label: "email", type: "email", autocomplete: "off" }),
      field({ name: "role", label: "role", options: ["user", "admin"].map((each) => [each, t(`role.${each}`)]) }),
    ],
    "users.invite",
    async ({ email, role }) => {
      const { invitation } = await call("/users", { method: "POST", body: { email, role } });
      made.replaceChildren(secretOf(invitation.code, "users.invited"));
      await list.fill();
      made.scrollIntoView({ block: "center" });
    },
  );
