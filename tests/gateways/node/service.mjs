// A service that answers who is calling, written from docs/verify.md alone. By `jose`.
import { createServer } from "node:http";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

const issuer = process.env.AUTH_ISSUER;
const audience = process.env.AUTH_AUDIENCE ?? issuer;
const address = new URL(process.env.AUTH_KEYS_URL ?? `${issuer}/.well-known/jwks.json`);
const keys = createRemoteJWKSet(address, { cacheMaxAge: 600_000, timeoutDuration: 3000 });
const rules = { issuer, audience, algorithms: ["ES256"], typ: "at+jwt", clockTolerance: 5 };

async function caller(request) {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  if (scheme.toLowerCase() !== "bearer") return { status: 401, body: { code: "token_missing" } };
  try {
    const { payload } = await jwtVerify(token, keys, rules);
    return { status: 200, body: { user: payload.sub, session: payload.sid } };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { status: 401, body: { code: "token_expired" } };
    if (error instanceof errors.JWKSTimeout || error instanceof TypeError) return { status: 503, body: {} };
    return { status: 401, body: { code: "invalid_token" } };
  }
}

createServer(async (request, response) => {
  const { status, body } = await caller(request);
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}).listen(Number(process.env.PORT), "127.0.0.1");
