-- What is spent and held of a budget. ARGV[3]: the subject, [4] and [5]: the start and the end of its period (or ''),
-- [6]: what to begin with, or ''.
if ARGV[6] ~= '' then seed(ARGV[3], ARGV[4], ARGV[6], tonumber(ARGV[5])) end
local seen = usage(ARGV[3], ARGV[4])
if not seen.spent then return cjson.encode({ unseeded = true }) end
return cjson.encode({ spent = whole(seen.spent), held = whole(seen.held) })
