-- Gives back a call's place among those in flight; what it holds stays until it is settled.
local function leave(call)
  local json = redis.call('GET', key('call', call))
  if not json then return end
  for _, reservation in ipairs(cjson.decode(json).reservations) do
    if reservation.in_flight then redis.call('ZREM', calls(key('in_flight', reservation.id)), call) end
  end
end
