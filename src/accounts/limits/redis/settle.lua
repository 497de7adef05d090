-- Replaces what a call took by what it used. Only the first time does anything.
local function settle(call, tokens, cost)
  redis.call('ZREM', LEASES, call)
  local json = redis.call('GETDEL', key('call', call))
  if not json then return end
  local record = cjson.decode(json)
  for _, share in ipairs(record.shares) do
    if share.rates then correct(share.id, record.second, tokens - record.tokens) end
    if share.flights then redis.call('ZREM', key('flights', share.id), call) end
    if share.start then
      local name = purse_key(share.id, share.start)
      if record.hold ~= '0' then redis.call('HINCRBY', name, 'held', '-' .. record.hold) end
      if cost ~= 0 then redis.call('HINCRBY', name, 'spent', cost) end
    end
  end
end
