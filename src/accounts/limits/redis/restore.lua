-- Puts back what a running call has taken, where Redis has lost it.
local function restore(call, json, lease)
  if not redis.call('SET', key('call', call), json, 'EX', CALL_LIFE, 'NX') then return end
  redis.call('ZADD', LEASES, now + lease, call)
  local record = cjson.decode(json)
  for _, reservation in ipairs(record.reservations) do
    if reservation.in_flight then
      redis.call('ZADD', calls(key('in_flight', reservation.id)), now + lease, call)
      redis.call('EXPIRE', key('in_flight', reservation.id), CALL_LIFE)
    end
    if reservation.start and record.hold ~= '0' then
      redis.call('HINCRBY', usage_key(reservation.id, reservation.start), 'held', record.hold)
    end
  end
end
