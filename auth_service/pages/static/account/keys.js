// The API keys of one's programs.

import { ask, button, card, date, field, form, h, say, t, time } from "../dom.js";
import { call, show } from "../app.js";
import { filled, listOf } from "../lists.js";

const LIFETIMES = ["7d", "30d", "90d", "366d"];

export default async function keys() {
  const made = h("div", { "aria-live": "polite" });
  const list = await filled(() => keysAt("/sessions", end));
  return [h("p", { class: "lead" }, t("keys.text")), made, list, card("keys.new", newKey("/profile/keys", made, list))];
}

async function end(key) {
  await call(`/sessions/${key.sessionId}`, { method: "DELETE" });
  await show();
  say(t("keys.ended"));
}

/** The keys of a path of sessions; `end` ends one. */
export const keysAt = (path, end) =>
  listOf(
    path,
    (key) =>
      h("li", {},
        h("div", { class: "what" },
          h("strong", {}, key.name),
          h("p", { class: "quiet" }, t("keys.used"), " ", time(key.lastSeenAt), " · ", t("keys.until"), " ", date(key.expiresAt)),
        ),
        end && button("keys.end", () => ask({ title: "keys.end", text: t("keys.end.text", { name: key.name }), submit: "keys.end", kind: "danger", work: () => end(key) })),
      ),
    "keys.none",
    { query: { kind: "key" } },
  );

/** A form for a new key, which joins the `list`, and whose secret is shown in `made`, once. */
export const newKey = (path, made, list) =>
  form(
    [
      field({ name: "name", label: "keys.name", autocomplete: "off", maxlength: 100, hint: t("keys.name.hint") }),
      field({ name: "expiresIn", label: "keys.expiresIn", options: LIFETIMES.map((each) => [each, t(`keys.${each}`)]) }),
    ],
    "keys.submit",
    async ({ name, expiresIn }) => {
      const { secret } = await call(path, { method: "POST", body: { name, expiresIn } });
      made.replaceChildren(secretOf(secret, "keys.once"));
      await list.fill();
      made.scrollIntoView({ block: "center" });
    },
  );

/** Something that is shown once, with a button that copies it. */
export const secretOf = (secret, text) =>
  h("div", { class: "notice good" },
    h("p", {}, t(text)),
    h("p", {}, h("code", {}, secret)),
    button("copy", async () => {
      await navigator.clipboard.writeText(secret);
      say(t("copied"));
    }),
  );
