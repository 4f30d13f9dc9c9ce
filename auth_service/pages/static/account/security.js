// Security at a glance: who is logged in, where from, and what to look at.

import { card, described, facts_of, h, placeOf, t, time } from "../dom.js";
import { call, link, user } from "../app.js";

export default async function security() {
  const { sessions } = await call("/sessions");
  const current = sessions.find((each) => each.current);
  const unusual = sessions.filter((each) => each.unusual);
  return [
    unusual.length
      ? h("p", { class: "notice" }, t("security.unusual", { count: unusual.length }), " ", h("a", { href: link("account", "sessions") }, t("security.look")))
      : h("p", { class: "notice good" }, t("security.usual")),
    h("div", { class: "grid" },
      card("security.account",
        facts_of(["email", h("span", {}, user.email)], ["role", t(`role.${user.role}`)], ["since", time(user.createdAt)]),
        h("p", { class: "links" }, h("a", { href: link("account", "password") }, t("security.password"))),
      ),
      card("security.here",
        current && facts_of(["device", described(current)], ["place", placeOf(current)], ["address", h("span", {}, current.ip)], ["opened", time(current.createdAt)]),
        h("p", { class: "links" }, h("a", { href: link("account", "sessions") }, t("security.sessions", { count: sessions.length }))),
      ),
    ),
  ];
}
