// Security at a glance: who is logged in, where from, and what to look at.

import { card, date, described, facts, facts_of, h, number, placeOf, t, time, verifiedMark } from "../dom.js";
import { link, summary } from "../app.js";

export default async function security() {
  const { user, session, security: known } = await summary();
  return [
    known.unusual
      ? h("p", { class: "notice" }, t("security.unusual", { count: known.unusual }), " ", h("a", { href: link("account", "sessions") }, t("security.look")))
      : h("p", { class: "notice good" }, t("security.usual")),
    h("div", { class: "grid" },
      card("security.account",
        facts_of(
          ["email", [h("span", {}, user.email), " ", facts.mail && verifiedMark(known.emailVerified)]],
          known.pendingEmail && ["security.pending", h("a", { href: link("account", "email") }, known.pendingEmail)],
          ["view.password", [t("security.changed"), " ", time(known.passwordChangedAt)]],
          ["view.keys", known.keys ? h("a", { href: link("account", "keys") }, number(known.keys)) : t("security.none")],
          facts.factors && ["view.factors", h("a", { href: link("account", "factors") }, known.factors.map((kind) => t(`factors.kind.${kind}`)).join(", ") || t("security.none"))],
          ["role", t(`role.${user.role}`)],
          ["since", date(user.createdAt)],
        ),
        h("p", { class: "links" },
          h("a", { href: link("account", "password") }, t("security.password")),
          facts.mail && h("a", { href: link("account", "email") }, t(known.emailVerified ? "security.address" : "security.verify")),
        ),
      ),
      card("security.here",
        facts_of(["device", described(session)], ["place", placeOf(session)], ["address", h("span", {}, session.ip)], ["opened", time(session.createdAt)], ["security.fresh", fresh(known.freshUntil)]),
        h("p", { class: "links" }, h("a", { href: link("account", "sessions") }, t("security.sessions", { count: known.sessions }))),
      ),
    ),
  ];
}

const fresh = (until) => (new Date(until) > new Date() ? time(until) : t("security.stale"));
