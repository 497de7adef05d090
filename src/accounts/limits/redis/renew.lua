-- Calls that still run keep what they took. ARGV[3]: the lease in ms, ARGV[4]: the calls, as JSON.
local ends = now + tonumber(ARGV[3])
for _, call in ipairs(cjson.decode(ARGV[4])) do
  local name = key('call', call)
  local json = redis.call('GET', name)
  if json then
    redis.call('EXPIRE', name, CALL_LIFE)
    redis.call('ZADD', LEASES, 'XX', ends, call)
    for _, reservation in ipairs(cjson.decode(json).reservations) do
      if reservation.in_flight then redis.call('ZADD', calls(key('in_flight', reservation.id)), 'XX', ends, call) end
    end
  end
end
return 1
