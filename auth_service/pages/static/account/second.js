// The second step of a login: asks for a code of an app, a recovery code or a passkey.

import { ask, button, field, h, t } from "../dom.js";
import { auth, callOpenly, enter } from "../app.js";
import { forget, sign } from "./passkeys.js";

/** What somebody typed: the code of an app, or a recovery code. */
export const factorOf = (typed) => (/^\d{3} ?\d{3}$/.test(typed.trim()) ? { code: typed.trim() } : { recoveryCode: typed.trim() });

/** The field it is typed into. */
export const codeField = () => field({ name: "code", label: "second.code", autocomplete: "one-time-code", spellcheck: "false", autofocus: true });

/** Completes the login that was answered so. Throws if it was given up. */
export async function secondStep(answer) {
  const { ticket, methods } = answer;
  forget();
  const usePasskey = button("second.passkey", async () => {
    const { publicKey } = await callOpenly("/auth/login/options", { ticket });
    enter(await auth.logInByFactor(ticket, { passkey: await sign(publicKey) }));
    usePasskey.closest("dialog").close("done");
  });
  const done = await ask({
    title: "error.second_factor_required",
    text: t("second.text"),
    items: [
      codeField(),
      methods.includes("passkey") && h("p", {}, usePasskey),
    ].filter(Boolean),
    submit: "second.submit",
    work: async ({ code }) => enter(await auth.logInByFactor(ticket, factorOf(code))),
  });
  if (!done) throw Object.assign(new Error(answer.message), { code: answer.code });
}
