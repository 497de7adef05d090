-- Replaces what a call took by what it used. Only the first time does anything.
local function settle(call, tokens, cost)
  redis.call('ZREM', LEASES, call)
  local json = redis.call('GETDEL', key('call', call))
  if not json then return end
  local record = cjson.decode(json)
  for _, reservation in ipairs(record.reservations) do
    if reservation.rates then correct(reservation.id, record.second, tokens - record.tokens) end
    if reservation.in_flight then redis.call('ZREM', key('in_flight', reservation.id), call) end
    if reservation.start then
      local name = usage_key(reservation.id, reservation.start)
      if record.hold ~= '0' then redis.call('HINCRBY', name, 'held', '-' .. record.hold) end
      -- Where nothing is known of the period the ledger is asked first, and it has this call.
      if cost ~= 0 and redis.call('HEXISTS', name, 'spent') == 1 then redis.call('HINCRBY', name, 'spent', cost) end
    end
  end
end
