// How it is used: auth-client.d.ts; why it works: docs/pages.md.

const MARGIN = 10_000; // ms before its end a token is renewed
const CALL = 8_000; // ms a call holds the lock
const PATIENCE = 10_000; // ms it is waited for
const SPREAD = 50; // ms other tabs have to hear of new tokens
const EXPIRED = ["token_expired", "invalid_token"];
const SETS_COOKIE = /^\/(auth|profile)\//; // POSTs with new tokens

class Failure extends Error {
  constructor(code, more) {
    super(code);
    Object.assign(this, { name: new.target.name, code }, more);
  }
}
export class SignedOut extends Failure {}
export class Unavailable extends Failure {}

export class AuthClient extends EventTarget {
  #base;
  #name;
  #channel;
  #token = null;
  #claims = {};
  #until = 0; // not by the device's clock
  #pending = null;
  #refusal = null;
  #held = Promise.resolve(); // nothing of the page runs before it

  constructor({ base = "" } = {}) {
    super();
    this.#base = base.replace(/\/$/, "");
    this.#name = `auth ${this.#base}`;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => {
      if (data.token) this.#keep(data.token, data.left);
      else if (data.sid && data.sid === this.#claims.sid) this.#forget(data.code);
    };
  }

  async token() {
    if (this.#good) return this.#token;
    if (now() < this.#refusal?.until) throw this.#refusal.error;
    this.#pending ??= this.#alone(async () => this.#good || this.#refresh()).finally(() => (this.#pending = null));
    await this.#pending;
    return this.#token ?? this.token();
  }

  async fetch(path, options = {}) {
    const url = this.#url(path);
    const alone = options.method?.toUpperCase() === "POST" && SETS_COOKIE.test(path);
    for (let again = false; ; again = true) {
      const token = await this.token();
      const headers = new Headers(options.headers);
      headers.set("Authorization", `Bearer ${token}`);
      const send = () => fetch(url, { credentials: "include", ...options, headers });
      const answer = await (alone ? this.#alone(async () => this.#adopt(await send())) : send());
      if (answer.status !== 401) return answer;
      const { code } = await bodyOf(answer);
      if (code === "fresh_authentication_required") return answer;
      if (!this.#token) throw new SignedOut(code);
      const replaced = token !== this.#token; // by another login
      if (again || !(replaced || EXPIRED.includes(code))) throw replaced ? new SignedOut(code) : this.#end(code);
      if (!replaced) this.#until = 0;
    }
  }

  logIn(email, password) {
    return this.#open("/auth/login", { email, password });
  }

  logInByFactor(ticket, factor) {
    return this.#open("/auth/login/factor", { ticket, ...factor });
  }

  logInByPasskey(passkey) {
    return this.#open("/auth/passkey", { passkey });
  }

  async #open(path, body) {
    const answer = await this.#alone(async () => this.#adopt(await this.#post(path, body)));
    const { ok, status } = answer;
    return { ...(await bodyOf(answer)), ok, status, retryAfter: waitOf(answer) };
  }

  async logOut() {
    const headers = this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
    const answer = await this.#alone(() => this.#post("/auth/logout", null, { headers }));
    if (!answer.ok) throw await unavailable(answer);
    this.#end("logout");
  }

  get #good() {
    return now() < this.#until;
  }

  // `//elsewhere.example` is no path.
  #url(path) {
    const url = new URL(this.#base + path, location.origin);
    if (url.origin !== new URL(this.#base, location.origin).origin) throw new TypeError(`not a path: ${path}`);
    return url;
  }

  #post(path, body, more) {
    const headers = body ? { "Content-Type": "application/json" } : {};
    const options = { method: "POST", credentials: "include", headers, body: body && JSON.stringify(body), ...more };
    return fetch(this.#url(path), options).catch(() => {
      throw new Unavailable("network", { retryAfter: 5 });
    });
  }

  // In one tab at a time, or without the lock: the service settles races.
  async #alone(work) {
    let running;
    const run = () => (running = work()).catch(() => {}).then(() => pause(SPREAD));
    const hold = () => (this.#held = Promise.race([run(), pause(CALL)]));
    await navigator.locks?.request(this.#name, { signal: AbortSignal.timeout(PATIENCE) }, hold).catch(() => {});
    return running ?? work();
  }

  async #refresh() {
    for (let attempt = 1; ; attempt++) {
      const start = now();
      const more = { keepalive: true, signal: AbortSignal.timeout(CALL) };
      const answer = await this.#post("/auth/refresh", null, more);
      const body = await bodyOf(answer);
      if (body.accessToken) return this.#share(body.accessToken, start);
      if (answer.status !== 401) {
        const error = await unavailable(answer);
        this.#refusal = { error, until: now() + error.retryAfter * 1000 };
        throw error;
      }
      if (body.code === "refresh_superseded" && attempt < 4) await pause(200 * attempt + 300 * Math.random());
      else if (!this.#good) throw this.#end(body.code);
      if (this.#good) return; // by another tab
    }
  }

  async #adopt(answer) {
    const { accessToken } = await bodyOf(answer);
    if (accessToken) this.#share(accessToken, now());
    return answer;
  }

  #share(token, start) {
    const { iat, exp } = claimsOf(token);
    const left = start + (exp - iat - 1) * 1000 - now(); // in whole seconds, rounded down
    this.#refusal = null;
    this.#keep(token, left);
    this.#channel.postMessage({ token, left });
  }

  #keep(token, left) {
    const { sub } = this.#claims;
    this.#token = token;
    this.#claims = claimsOf(token);
    this.#until = now() + left - Math.min(MARGIN, left / 5);
    if (this.#claims.sub !== sub) this.#tell("signedin", this.#claims.sub);
  }

  #end(code = "unknown") {
    this.#channel.postMessage({ code, sid: this.#claims.sid });
    this.#forget(code);
    return new SignedOut(code);
  }

  #forget(code) {
    this.#token = null;
    this.#claims = {};
    this.#until = 0;
    this.#tell("signedout", code);
  }

  #tell(type, detail) {
    this.#held.then(() => this.dispatchEvent(new CustomEvent(type, { detail })));
  }
}

const now = () => performance.now();
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
const bodyOf = (answer) => answer.clone().json().catch(() => ({})); // a proxy may answer in HTML
const waitOf = (answer) => Number(answer.headers.get("Retry-After")) || undefined;
const unavailable = async (answer) =>
  new Unavailable((await bodyOf(answer)).code ?? "unknown", { retryAfter: waitOf(answer) ?? 5 });
const claimsOf = (token) => JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
