-- Calls that still run keep what they took. ARGV[3]: the lease in ms, ARGV[4]: the calls, as JSON.
local renewed = 0
for _, call in ipairs(cjson.decode(ARGV[4])) do
  local record = redis.call('GET', key('c', call))
  if record then
    redis.call('EXPIRE', key('c', call), CALL_LIFE)
    redis.call('ZADD', LEASES, 'XX', whole(now + tonumber(ARGV[3])), call)
    for _, share in ipairs(cjson.decode(record).shares) do
      redis.call('ZADD', key('f', share.id), 'XX', whole(now + tonumber(ARGV[3])), call)
    end
    renewed = renewed + 1
  end
end
return renewed
