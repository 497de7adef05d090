-- Replaces what a call took by what it used. Only the first time does anything.
local function settle(call, tokens, cost)
  redis.call('ZREM', LEASES, call)
  local json = redis.call('GETDEL', key('call', call))
  if not json then return end
  local record = cjson.decode(json)
  for _, reservation in ipairs(record.reservations) do
    if reservation.rates then correct(reservation.id, record.second, tokens - record.tokens) end
    if reservation.in_flight then redis.call('ZREM', calls(key('in_flight', reservation.id)), call) end
    if reservation.start then
      local seen = usage(reservation.id, reservation.start)
      -- What was lost meanwhile is not given back.
      local hold = math.min(seen.held, tonumber(record.hold))
      if hold > 0 then redis.call('HINCRBY', seen.name, 'held', whole(-hold)) end
      -- Where nothing is known of the period the ledger is asked first, and it has this call.
      if cost ~= 0 and seen.spent then redis.call('HINCRBY', seen.name, 'spent', cost) end
    end
  end
end
