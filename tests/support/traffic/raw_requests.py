"""Bytes that are barely HTTP, and how to send them."""

import select
import socket

PATIENCE = 1  # second
HEAD = b"Host: x\r\nConnection: close\r\n"
JSON = HEAD + b"Content-Type: application/json\r\n"
CHUNKED = JSON + b"Transfer-Encoding: chunked\r\n\r\n"
LOGIN = b"POST /auth/login HTTP/1.1\r\n"
REFRESH = b"POST /auth/refresh HTTP/1.1\r\n"
LOGOUT = b"POST /auth/logout HTTP/1.1\r\n"
BODY = b'{"email":"a@example.com","password":"xxxxxxxxxxxx"}'
REQUESTS = {
    "a chunk of no size": LOGIN + CHUNKED + b"ZZ\r\n{}\r\n0\r\n\r\n",
    "a chunk of negative size": LOGIN + CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n",
    "a chunk that breaks off": LOGIN + CHUNKED + b"5\r\n{}",
    "a chunk longer than it says": LOGIN + CHUNKED + b"2\r\n{}XX0\r\n\r\n",
    "chunks over the limit": LOGIN + CHUNKED + (b"4000\r\n" + b"x" * 0x4000 + b"\r\n") * 2 + b"0\r\n\r\n",
    "chunked in capitals": REFRESH + HEAD + b"Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
    "an unknown transfer encoding": LOGIN + JSON + b"Transfer-Encoding: zip, chunked\r\n\r\n0\r\n\r\n",
    "a length and chunks": LOGIN + JSON + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length longer than the body": LOGIN + JSON + b"Content-Length: 100\r\n\r\n{}",
    "a negative length": LOGIN + JSON + b"Content-Length: -1\r\n\r\n{}",
    "a length of twenty digits": LOGIN + JSON + b"Content-Length: 99999999999999999999\r\n\r\n{}",
    "a length that is no number": LOGIN + JSON + b"Content-Length: abc\r\n\r\n{}",
    "an expectation": LOGIN + JSON + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
    "a charset of bytes": LOGIN + HEAD + b"Content-Type: application/json; charset=\xff\r\nContent-Length: 2\r\n\r\n{}",
    "an absolute address": b"GET http://evil.example/profile HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an asterisk": b"OPTIONS * HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an unknown method": b"FOO /profile HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a method in small letters": b"get /profile HTTP/1.1\r\n" + HEAD + b"\r\n",
    "connect": b"CONNECT evil.example:443 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "trace": b"TRACE / HTTP/1.1\r\n" + HEAD + b"\r\n",
    "no host": b"GET /profile HTTP/1.1\r\nConnection: close\r\n\r\n",
    "a host that is none": LOGOUT + b'Host: a b<>"\r\nOrigin: http://x\r\nConnection: close\r\n\r\n',
    "a host with an open bracket": LOGOUT + b"Host: [::1\r\nOrigin: http://x\r\nConnection: close\r\n\r\n",
    "a host of bytes": LOGOUT + b"Host: \xff\xfe:99999999\r\nOrigin: http://x\r\nConnection: close\r\n\r\n",
    "HTTP/1.0": b"GET /profile HTTP/1.0\r\n\r\n",
    "a path of bytes": b"GET /users/\xff\xfe HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a path of encoded bytes": b"GET /users/%ff%00%fe HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a path with line breaks": b"PUT /users/%0a/%0d%0aadmin HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a path of 9,000 letters": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a query of encoded bytes": b"GET /users?cursor=%ff%00&limit=%ff HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a cookie of bytes": REFRESH + HEAD + b"Cookie: refreshToken=\xff\xfe\x80; =; ;;\r\n\r\n",
    "a cookie of quoted bytes": REFRESH + HEAD + b'Cookie: refreshToken="\\377\\000\\012"\r\n\r\n',
    "a quoted cookie at logout": LOGOUT + HEAD + b'Cookie: refreshToken="\\377\\000\\012"\r\n\r\n',
    "a token of bytes": b"GET /profile HTTP/1.1\r\n" + HEAD + b"Authorization: Bearer \xff\xfe\r\n\r\n",
    "a user agent of bytes": LOGIN + JSON + b"User-Agent: \xff\xfe\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY,
    "an origin of bytes": LOGOUT + HEAD + b"Origin: \xff\r\n\r\n",
    "two thousand forwarders": b"GET / HTTP/1.1\r\n" + HEAD + b"X-Forwarded-For: " + b"1," * 2000 + b"\r\n\r\n",
    "150 headers": b"GET / HTTP/1.1\r\n" + HEAD + b"".join(b"X-%d: 1\r\n" % i for i in range(150)) + b"\r\n",
    "a range of no bytes": b"GET /docs/assets/swagger-ui.css HTTP/1.1\r\n" + HEAD + b"Range: bytes=a-b,9-1\r\n\r\n",
    "a way out of the assets": b"GET /docs/assets/%2e%2e/%2e%2e/__init__.py HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an asset with NUL": b"GET /docs/assets/%00 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an asset with a long name": b"GET /docs/assets/" + b"a" * 3000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an upgrade": b"GET /profile HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n",
}


def answer(port, request):
    """The status of the final answer to these bytes; 0 when the connection is closed without a word."""
    with socket.create_connection(("127.0.0.1", port), timeout=8) as connection:
        connection.sendall(request)
        if not select.select([connection], [], [], PATIENCE)[0]:
            connection.shutdown(socket.SHUT_WR)  # it waits for more
        received = connection.makefile("rb").read().decode("latin-1").removeprefix("HTTP/1.1 100 Continue\r\n\r\n")
        return int(received.split()[1]) if received else 0
