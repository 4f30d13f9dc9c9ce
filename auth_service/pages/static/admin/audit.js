// The audit trail, by type, user, time and outcome.

import { field, form, h, t, wordsOf } from "../dom.js";
import { call, go, link } from "../app.js";
import { eventsAt } from "../events.js";

const OUTCOMES = ["success", "failure"];
const PERIODS = [["", "audit.ever"], ["1", "audit.day"], ["7", "audit.week"], ["30", "audit.month"]]; // days

export default async function audit() {
  const wanted = new URLSearchParams(location.search);
  return [filters(wanted), await eventsAt("/audit", query(wanted), wanted.get("outcome"))];
}

function query(wanted) {
  const asked = new URLSearchParams({ limit: 50 });
  for (const name of ["type", "user"]) if (wanted.get(name)) asked.set(name, wanted.get(name));
  if (wanted.get("days")) asked.set("from", new Date(Date.now() - wanted.get("days") * 86_400_000).toISOString());
  return asked;
}

function filters(wanted) {
  const choices = (name, label, options) => {
    const made = field({ name, label, options });
    made.querySelector("select").value = wanted.get(name) ?? "";
    return made;
  };
  return h("div", { class: "search" },
    form(
      [
        choices("type", "audit.type", [["", t("audit.all")], ...wordsOf("event.").map((each) => [each, t(`event.${each}`)])]),
        choices("outcome", "audit.outcome", [["", t("audit.all")], ...OUTCOMES.map((each) => [each, t(`audit.${each}`)])]),
        choices("days", "audit.period", PERIODS.map(([days, key]) => [days, t(key)])),
        field({ name: "user", label: "audit.user", value: wanted.get("user") ?? "", autocomplete: "off", spellcheck: "false", hint: t("audit.user.hint") }),
      ],
      "audit.show",
      async (values) => {
        values.user = await idOf(values.user.trim());
        const chosen = Object.entries(values).filter(([, value]) => value);
        await go(link("admin", "audit", chosen.length ? `?${new URLSearchParams(chosen)}` : ""));
      },
    ),
  );
}

/** The id of a user who is named by it or by an e-mail address. */
async function idOf(name) {
  if (!name.includes("@")) return name;
  const { users } = await call(`/users?${new URLSearchParams({ email: name })}`);
  if (!users.length) throw Object.assign(new Error(), { code: "user_not_found" });
  return users[0]._id;
}
