/** The session is over, or there is none. */
export class SignedOut extends Error {
  /** Why: a `code` of a 401, such as `revoked_by_user`; `token_missing` where nobody is logged in. */
  readonly code: string;
}

/** The service did not say whether the session lives: it is overloaded, or not reached. The cookie is kept. */
export class Unavailable extends Error {
  /** The `code` of the answer, `network` without one, `unknown` if it was not the service's. */
  readonly code: string;
  /** Seconds to wait before the next try. */
  readonly retryAfter: number;
}

/** An answer of a login: the members of the body, and what a page decides by. */
export interface LoginAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly message?: string;
  readonly code?: string;
  readonly errors?: Record<string, string[]>;
  /** Seconds to wait before the next try, with status 429 or 503. */
  readonly retryAfter?: number;
  readonly accessToken?: string;
  /** With `second_factor_required`: for `logInByFactor`, and what the account has. */
  readonly ticket?: string;
  readonly methods?: ("totp" | "passkey" | "recovery_code")[];
  readonly user?: { _id: string; email: string; role: "user" | "admin"; createdAt: string; updatedAt: string };
}

interface Events {
  /** Somebody is logged in, or somebody else is; `detail` is the user's id. */
  signedin: CustomEvent<string>;
  /** Nobody is any more; `detail` is the reason, as `SignedOut.code`. */
  signedout: CustomEvent<string>;
}

/** Keeps the pages of one origin logged in. One for each page; those of all tabs work together. */
export class AuthClient extends EventTarget {
  /** `base` is the address of auth_service; by default the page's own origin. */
  constructor(options?: { base?: string });

  /** An access token that is good for a while yet; refreshes if need be. Throws `SignedOut` or `Unavailable`. */
  token(): Promise<string>;

  /**
   * `fetch` of a path of auth_service, with the access token and the cookie. A call whose token has expired is sent once
   * more; one of a session that is over signs all tabs out. Every other answer is returned, also 401
   * `fresh_authentication_required`. Throws `SignedOut` or `Unavailable`, and what `fetch` throws.
   */
  fetch(path: string, options?: RequestInit): Promise<Response>;

  /** Logs in, in all tabs. A refusal is an answer; throws `Unavailable` without one. */
  logIn(email: string, password: string): Promise<LoginAnswer>;

  /** Completes a login that was answered `second_factor_required`, with its `ticket`; otherwise as `logIn`. */
  logInByFactor(
    ticket: string,
    factor: { code: string } | { recoveryCode: string } | { passkey: object },
  ): Promise<LoginAnswer>;

  /** Logs in by what `PublicKeyCredential.toJSON()` returned; otherwise as `logIn`. */
  logInByPasskey(passkey: object): Promise<LoginAnswer>;

  /** Ends the session, in all tabs. Throws `Unavailable`; the session then goes on. */
  logOut(): Promise<void>;

  addEventListener<Type extends keyof Events>(
    type: Type,
    listener: (event: Events[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
}
