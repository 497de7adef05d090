-- Calls that nobody renews any more, and for how many ms, oldest first. ARGV[3]: how many at most.
local calls = redis.call('ZRANGEBYSCORE', LEASES, '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local found = {}
for i = 1, #calls, 2 do
  found[#found + 1] = { id = calls[i], since = now - tonumber(calls[i + 1]) }
end
return cjson.encode({ calls = found })
