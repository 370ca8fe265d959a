-- For wrk: asks for the addresses of a list in turn; each thread begins elsewhere. wrk ... URL -- LIST
-- At the end: one line with the number of answers and the microseconds they took.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(words)
  requests = {}
  for line in io.lines(words[1]) do
    requests[#requests + 1] = wrk.format("GET", line:match("://[^/]+(/.*)"))
  end
  place = math.floor(number * #requests / 2)
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("answers %d in %d failed %d\n", summary.requests, summary.duration, failed))
end
