-- Requests and tokens of the last minute, in slots of a second, in one hash for each subject:
--   r<second>, t<second>  what the slot has        r, t  the sums of all slots        from  no slot is older
-- Their sums are kept, as to add up 61 slots at each call costs more than all else of it.
local SLOTS = 61

local function fresh(name)
  return { name = name, from = second, requests = 0, tokens = 0, requests_now = 0, tokens_now = 0, is_new_slot = true }
end

-- Takes off the slots that no longer count.
local function take_off(seen, oldest)
  local fields = {}
  for slot = seen.from, oldest - 1 do
    fields[#fields + 1] = 'r' .. slot
    fields[#fields + 1] = 't' .. slot
  end
  local counts = numbers(seen.name, unpack(fields))
  for i = 1, #fields, 2 do
    seen.requests = seen.requests - (counts[i] or 0)
    seen.tokens = seen.tokens - (counts[i + 1] or 0)
  end
  seen.from = oldest
  redis.call('HDEL', seen.name, unpack(fields))
  redis.call('HSET', seen.name, 'from', oldest, 'r', seen.requests, 't', seen.tokens)
end

local function window(subject)
  local name = key('rates', subject)
  local fields = numbers(name, 'from', 'r', 't', 'r' .. second, 't' .. second)
  if not fields[1] then return fresh(name) end
  local seen = {
    name = name,
    from = fields[1],
    requests = fields[2] or 0,
    tokens = fields[3] or 0,
    requests_now = fields[4] or 0,
    tokens_now = fields[5] or 0,
    is_new_slot = not fields[4],
  }
  local oldest = second - SLOTS + 1
  -- At the last call no slot was younger than `from` and a minute.
  if seen.from < oldest - SLOTS then
    redis.call('DEL', name)
    return fresh(name)
  end
  if seen.from < oldest then take_off(seen, oldest) end
  -- A clock that was set back by more than a minute: nobody knows when these counts were made.
  if seen.from > second then
    redis.call('DEL', name)
    return fresh(name)
  end
  return seen
end

local function add(seen, requests, tokens)
  redis.call('HSET', seen.name, 'from', seen.from,
    'r', seen.requests + requests, 'r' .. second, seen.requests_now + requests,
    't', seen.tokens + tokens, 't' .. second, seen.tokens_now + tokens)
  if seen.is_new_slot then redis.call('EXPIRE', seen.name, SLOTS + 1) end
end

-- Corrects what was added in a second, if that still counts.
local function correct(subject, at, difference)
  if at <= second - SLOTS or difference == 0 then return end
  local name, slot = key('rates', subject), 't' .. at
  local there = numbers(name, slot)[1] or 0
  if there == 0 then return end
  local change = math.max(-there, difference)
  redis.call('HINCRBY', name, slot, change)
  redis.call('HINCRBY', name, 't', change)
end

-- Milliseconds until no more than `most` count. `kind`: 'r' or 't'.
local function falls_to(seen, kind, sum, most)
  if sum <= most then return 0 end
  local fields = {}
  for slot = seen.from, second do fields[#fields + 1] = kind .. slot end
  local counts = numbers(seen.name, unpack(fields))
  for i = 1, #fields do
    sum = sum - (counts[i] or 0)
    if sum <= most then return (seen.from + i - 1 + SLOTS) * 1000 - now end
  end
  return 0
end
