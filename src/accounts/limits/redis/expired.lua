-- Calls that nobody renews any more, and for how many ms, oldest first. ARGV[3]: how many at most.
local due = redis.call('ZRANGEBYSCORE', calls(LEASES), '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local found = {}
for i = 1, #due, 2 do
  found[#found + 1] = { id = due[i], since = now - tonumber(due[i + 1]) }
end
return cjson.encode({ calls = found })
