-- Plays a file of requests, one a line: METHOD <tab> PATH <tab> NAME: VALUE|NAME: VALUE <tab> BODY.
--
-- Every thread walks through all lines, from a place of its own. The lines are formatted once, save those with a
-- {refresh} in them: each refresh token works once, so a thread holds a pool of them, takes one out for a request and
-- puts the one of the answer's cookie back. A pool is larger than the number of a thread's connections.
--
-- wrk ... -s traffic.lua URL -- REQUESTS [TOKENS COOKIE]

local started = 0

function setup(thread)
  thread:set("number", started)
  started = started + 1
end

local function lines_of(path)
  local lines = {}
  for line in io.lines(path) do
    lines[#lines + 1] = line
  end
  return lines
end

local function parsed(line)
  local method, path, headers, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$")
  local fields = {}
  for name, value in headers:gmatch("([^:|]+): ([^|]*)") do
    fields[name] = value
  end
  return method, path, fields, body ~= "" and body or nil
end

function init(args)
  requests, pool, first, last = {}, {}, 1, 0
  for index, line in ipairs(lines_of(args[1])) do
    local method, path, headers, body = parsed(line)
    if (headers["Cookie"] or ""):find("{refresh}", 1, true) then
      requests[index] = function(token)
        headers["Cookie"] = cookie .. "=" .. token
        return wrk.format(method, path, headers, body)
      end
    else
      requests[index] = wrk.format(method, path, headers, body)
    end
  end
  if args[2] then
    cookie = args[3]
    for index, token in ipairs(lines_of(args[2])) do
      if index % 2 == number % 2 then
        last = last + 1
        pool[last] = token
      end
    end
    response = keep_cookie
  end
  place = number * math.floor(#requests / 2)
end

function request()
  place = place % #requests + 1
  local made = requests[place]
  if type(made) == "string" then
    return made
  end
  if first > last then
    return made("none")  -- refusals used up the pool; this one is refused, too, and counted
  end
  local token = pool[first]
  pool[first] = nil
  first = first + 1
  return made(token)
end

function keep_cookie(status, headers, body)
  local set = headers["Set-Cookie"] or headers["set-cookie"]  -- granian's names of headers are small
  local token = set and set:match("^" .. cookie .. "=([^;]+)")
  if token then
    last = last + 1
    pool[last] = token
  end
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "bytes": %d, "refused": %d, "broken": %d, "timeouts": %d, ' ..
    '"p50": %.3f, "p90": %.3f, "p99": %.3f, "max": %.3f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write, errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency.max / 1000
  ))
end
