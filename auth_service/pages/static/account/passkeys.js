// Logging in by a passkey: by a button, or from the field of the address.

import { button, facts, h } from "../dom.js";
import { auth, callOpenly, enter } from "../app.js";

const RENEWED = 4 * 60_000; // milliseconds; what a passkey signs is good for five minutes
let waiting = null; // the one request that may wait: the browser takes no second one

const supported = () => facts.passkeys && globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON;

/** What a passkey signs of the options; throws `passkey_given_up` where nobody gave one. */
export async function sign(publicKey, more = {}) {
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
  const credential = await navigator.credentials.get({ publicKey: options, ...more }).catch(() => null);
  if (!credential) throw Object.assign(new Error(), { code: "passkey_given_up" });
  return credential.toJSON();
}

async function logIn(more) {
  const { publicKey } = await callOpenly("/auth/passkey/options", {});
  enter(await auth.logInByPasskey(await sign(publicKey, more)));
}

/** Takes back what waits in the field of the address. */
export function forget() {
  clearTimeout(waiting?.timer);
  waiting?.abort.abort();
  waiting = null;
}

/** Offers passkeys in the field of the address, and calls `then` after a login; whether the browser can. */
export function offer(then) {
  forget();
  if (!supported()) return false;
  const mine = (waiting = { abort: new AbortController() });
  const renewed = () => mine === waiting && document.querySelector("input[autocomplete~=webauthn]") && offer(then);
  mine.timer = setTimeout(renewed, RENEWED);
  PublicKeyCredential.isConditionalMediationAvailable?.()
    .then((can) => can && logIn({ mediation: "conditional", signal: mine.abort.signal }))
    .then(() => mine === waiting && (forget(), then()))
    .catch(() => {}); // nobody chose one, or it was refused: the button says why
  return true;
}

export const passkeyButton = (then) =>
  supported() &&
  h("p", {}, button("login.passkey", async () => {
    forget();
    await logIn();
    await then();
  }));
