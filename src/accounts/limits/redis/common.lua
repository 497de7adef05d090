-- What every script shares. Keys are made here and not declared: this is for one Redis, not for a cluster.
--   cl:r:<subject>          hash   second -> requests                 (60 s window)
--   cl:t:<subject>          hash   second -> tokens                   (60 s window)
--   cl:f:<subject>          zset   call -> end of its lease, in ms    (calls in flight)
--   cl:h:<subject>:<start>  hash   call -> hold, '#' -> their sum     (holds of a budget period)
--   cl:s:<subject>:<start>  number                                    (spent in a budget period)
--   cl:c:<call>             JSON   what the call has taken of whom
--   cl:leases:<books>       zset   call -> end of its lease, in ms    (all calls whose rows are in those books)
-- KEYS[1] are the leases, ARGV[1] is the prefix of all keys, ARGV[2] the time in ms, or '' for the time of this server.
local prefix = ARGV[1]
local now
if ARGV[2] == '' then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
else
  now = tonumber(ARGV[2])
end
local SLOTS = 61
local second = math.floor(now / 1000)
local CALL_LIFE = 86400
local LEASES = KEYS[1]

-- Whole numbers as text: JSON encoding keeps 14 digits of a number, too few for money.
local function whole(number)
  return string.format('%.0f', number)
end

local function key(kind, subject)
  return prefix .. kind .. ':' .. subject
end

local function purse_key(kind, subject, start)
  return prefix .. kind .. ':' .. subject .. ':' .. start
end

-- Slots that still count, and their sum; those that do not are removed.
local function window(name)
  local flat = redis.call('HGETALL', name)
  local slots, sum = {}, 0
  for i = 1, #flat, 2 do
    local slot, amount = tonumber(flat[i]), tonumber(flat[i + 1])
    if slot <= second - SLOTS then
      redis.call('HDEL', name, flat[i])
    else
      slots[slot] = amount
      sum = sum + amount
    end
  end
  return slots, sum
end

-- Milliseconds until no more than `most` count.
local function falls_to(slots, sum, most)
  for age = SLOTS - 1, 0, -1 do
    if sum <= most then return 0 end
    local amount = slots[second - age]
    if amount then
      sum = sum - amount
      if sum <= most then return (second - age + SLOTS) * 1000 - now end
    end
  end
  return 0
end

local function add(name, amount)
  redis.call('HINCRBY', name, second, whole(amount))
  redis.call('EXPIRE', name, SLOTS + 1)
end

local function release_hold(subject, start, call)
  local holds = purse_key('h', subject, start)
  local hold = redis.call('HGET', holds, call)
  if not hold then return end
  redis.call('HDEL', holds, call)
  if hold ~= '0' then redis.call('HINCRBY', holds, '#', '-' .. hold) end
end

-- Calls whose process no longer renews them count as ended. What they hold stays until it is known what they cost.
local function release_expired(subject)
  redis.call('ZREMRANGEBYSCORE', key('f', subject), '-inf', now)
end

local function held(subject, start)
  return tonumber(redis.call('HGET', purse_key('h', subject, start), '#') or '0')
end

local function spent(subject, start)
  return tonumber(redis.call('GET', purse_key('s', subject, start)))
end

-- Seconds a period's counts are kept: 40 days past its end, and for ever when it has none.
local function keep(name, finish)
  if finish then redis.call('PEXPIREAT', name, whole(finish + 40 * 86400000)) end
end
