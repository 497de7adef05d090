-- Holds more for a running call, of every budget it is paid from, or of none. ARGV[3]: the call, ARGV[4]: how much more.
local record = redis.call('GET', key('c', ARGV[3]))
if not record then return 0 end
local more = tonumber(ARGV[4])
local shares = cjson.decode(record).shares
for _, share in ipairs(shares) do
  if share.start then
    release_expired(share.id)
    if spent(share.id, share.start) + held(share.id, share.start) + more > tonumber(share.amount) then return 0 end
  end
end
for _, share in ipairs(shares) do
  if share.start then
    local holds = purse_key('h', share.id, share.start)
    redis.call('HINCRBY', holds, ARGV[3], whole(more))
    redis.call('HINCRBY', holds, '#', whole(more))
  end
end
return 1
