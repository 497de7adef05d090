-- Replaces what a call took by what it used. Only the first time does anything. ARGV[3]: the call, [4]: tokens, [5]: cost.
local call = ARGV[3]
redis.call('ZREM', LEASES, call)
local json = redis.call('GET', key('c', call))
if not json then return 0 end
redis.call('DEL', key('c', call))
local record = cjson.decode(json)
local difference = tonumber(ARGV[4]) - record.tokens
for _, share in ipairs(record.shares) do
  if share.tpm and record.second > second - SLOTS then
    local name = key('t', share.id)
    local now_there = tonumber(redis.call('HGET', name, record.second) or '0')
    if now_there > 0 then redis.call('HSET', name, record.second, whole(math.max(0, now_there + difference))) end
  end
  redis.call('ZREM', key('f', share.id), call)
  if share.start then
    release_hold(share.id, share.start, call)
    redis.call('INCRBY', purse_key('s', share.id, share.start), ARGV[5])
  end
end
return 1
