-- Shared by all workloads: the arguments, and a report in JSON.
-- Arguments (the first is the URL): the number of heroes, a seed, and those of the workload.

-- The headers of a request with a body: those of the command line too, such as a credential.
json = { ["Content-Type"] = "application/json" }
for name, value in pairs(wrk.headers) do
  json[name] = value
end

function init(args)
  rows = tonumber(args[1])
  math.randomseed(tonumber(args[2]))
  more = {}
  for position = 3, #args do
    more[#more + 1] = args[position]
  end
end

function any_hero()
  return "/heroes/" .. math.random(rows)
end

-- A path to 100 heroes, at a random offset of at most 100 after `first`.
function page_from(first)
  local last = math.max(rows - 100, 0)
  local offset = math.min(first + math.random(0, 100), last)
  return "/heroes/?offset=" .. offset .. "&limit=100"
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "duration": %d, "bytes": %d, ' ..
    '"p50": %d, "p90": %d, "p99": %d, "max": %d, ' ..
    '"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}\n',
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
