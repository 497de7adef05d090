-- What is spent and held of a budget. ARGV[3]: the subject, ARGV[4]: the start of its period, ARGV[5]: what to begin with, or ''.
local name = purse_key('s', ARGV[3], ARGV[4])
if ARGV[5] ~= '' then redis.call('SETNX', name, ARGV[5]) end
release_expired(ARGV[3])
local amount = redis.call('GET', name)
if not amount then return cjson.encode({ unseeded = true }) end
return cjson.encode({ spent = amount, held = whole(held(ARGV[3], ARGV[4])) })
