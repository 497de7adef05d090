-- Holds more for a running call, of every budget it is paid from, or of none. ARGV[3]: the call, ARGV[4]: how much more.
local name = key('call', ARGV[3])
local json = redis.call('GET', name)
if not json then return 0 end
local more = tonumber(ARGV[4])
local record = cjson.decode(json)
local names = {}
for _, reservation in ipairs(record.reservations) do
  if reservation.start then
    local seen = usage(reservation.id, reservation.start)
    if not seen.spent or seen.spent + seen.held + more > tonumber(reservation.amount) then return 0 end
    names[#names + 1] = seen.name
  end
end
for _, held_in in ipairs(names) do redis.call('HINCRBY', held_in, 'held', more) end
record.hold = whole(record.hold + more)
redis.call('SET', name, cjson.encode(record), 'EX', CALL_LIFE)
return 1
