-- What every script reservations. Keys are made here and not declared: this is for one Redis, not for a cluster.
--   cl:rates:<subject>          hash   what the last minute had of requests and tokens, see window.lua
--   cl:in_flight:<subject>        zset   call -> end of its lease, in ms    (calls in flight)
--   cl:usage:<subject>:<start>  hash   spent, held                        (of a budget period)
--   cl:call:<call>              JSON   what the call has taken of whom
--   cl:leases:<ledger>           zset   call -> end of its lease, in ms    (all calls whose rows are in those ledger)
-- KEYS[1] are the leases, ARGV[1] is the prefix of all keys, ARGV[2] the time in ms, or '' for the time of this server.
local prefix = ARGV[1]
local now
if ARGV[2] == '' then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
else
  now = tonumber(ARGV[2])
end
local second = math.floor(now / 1000)
local CALL_LIFE = 86400
local LEASES = KEYS[1]

-- Whole numbers as text, for JSON: it keeps 14 digits of a number, too few for money. Commands get all digits anyway.
local function whole(number)
  return string.format('%.0f', number)
end

local function key(kind, id)
  return prefix .. kind .. ':' .. id
end

local function usage_key(subject, start)
  return prefix .. 'usage:' .. subject .. ':' .. start
end

-- Anybody may write to a shared Redis: what is not what we keep under a name is as good as lost.

-- Fields of a hash of whole numbers; nil where there is none.
local function numbers(name, ...)
  local texts = redis.pcall('HMGET', name, ...)
  local found, is_ours = {}, not texts.err
  for at = 1, is_ours and #texts or 0 do
    found[at] = texts[at] and string.match(texts[at], '^%-?%d+$') and tonumber(texts[at]) or nil
    if texts[at] and not found[at] then is_ours = false end
  end
  if is_ours then return found end
  redis.call('DEL', name)
  return {}
end

-- The name of a set of calls.
local function calls(name)
  if type(redis.pcall('ZCARD', name)) == 'table' then redis.call('DEL', name) end
  return name
end

-- What is spent and held of a budget period; spent is nil where that is not known here.
local function usage(subject, start)
  local name = usage_key(subject, start)
  local both = numbers(name, 'spent', 'held')
  return { name = name, spent = both[1], held = both[2] or 0 }
end

-- Begins a period with what the ledger says. It is kept until 40 days past its end, and for ever when it has none.
local function seed(subject, start, spent, finish)
  local name = usage_key(subject, start)
  if redis.call('HSETNX', name, 'spent', spent) == 0 or not finish then return end
  redis.call('PEXPIREAT', name, finish + 40 * 86400000)
end
