-- Checks every limit of every subject, then commits all of them, or none. ARGV[3]: the ask, as JSON.
local ask = cjson.decode(ARGV[3])

local unseeded = {}
for index, subject in ipairs(ask.subjects) do
  if subject.amount then
    local name = purse_key('s', subject.id, subject.start)
    if subject.seed and redis.call('SETNX', name, whole(subject.seed)) == 1 then keep(name, subject.finish) end
    if redis.call('EXISTS', name) == 0 then unseeded[#unseeded + 1] = index - 1 end
  end
end
if #unseeded > 0 then return cjson.encode({ unseeded = unseeded }) end

local tokens, hold = ask.tokens, ask.hold
local rates = {}

local function refuse(index, limit, allowed, left, needed, wait)
  return cjson.encode({ refused = { index = index - 1, limit = limit, allowed = whole(allowed), left = whole(math.max(0, left)), needed = whole(needed), wait = wait } })
end

local function wait_for_budget(subject, spent_now, held_now)
  if held_now > 0 and subject.amount - spent_now >= ask.leastHold then return 1000 end
  if not subject.finish or ask.leastHold > subject.amount then return nil end
  return subject.finish - now
end

local function rate(index, name, allowed, taken, slots, sum)
  local remaining = math.max(0, allowed - sum - taken)
  local known = rates[name]
  if known and known.remaining / known.limit <= remaining / allowed then return end
  local reset = SLOTS * 1000 - (now - second * 1000)
  if taken == 0 then reset = falls_to(slots, sum, 0) end
  rates[name] = { limit = allowed, remaining = remaining, resetMs = reset }
end

local windows = {}
for index, subject in ipairs(ask.subjects) do
  release_expired(subject.id)
  local seen = {}
  windows[index] = seen
  if subject.rpm then
    seen.requests, seen.requestSum = window(key('r', subject.id))
    local left = subject.rpm - seen.requestSum
    if left < 1 then
      return refuse(index, 'rpm', subject.rpm, left, 1, falls_to(seen.requests, seen.requestSum, subject.rpm - 1))
    end
  end
  if subject.tpm then
    seen.tokens, seen.tokenSum = window(key('t', subject.id))
    local left = subject.tpm - seen.tokenSum
    if left < ask.leastTokens then
      local wait = nil
      if ask.leastTokens <= subject.tpm then wait = falls_to(seen.tokens, seen.tokenSum, subject.tpm - ask.leastTokens) end
      return refuse(index, 'tpm', subject.tpm, left, ask.leastTokens, wait)
    end
    tokens = math.min(tokens, left)
  end
  if subject.concurrency and redis.call('ZCARD', key('f', subject.id)) >= subject.concurrency then
    return refuse(index, 'max_concurrency', subject.concurrency, 0, 1, 1000)
  end
  if subject.amount then
    local spent_now, held_now = spent(subject.id, subject.start), held(subject.id, subject.start)
    local left = subject.amount - spent_now - held_now
    if ask.hold > 0 and left < math.max(1, ask.leastHold) then
      return refuse(index, 'budget', subject.amount, left, ask.leastHold, wait_for_budget(subject, spent_now, held_now))
    end
    hold = math.min(hold, left)
  end
end

local record = { second = second, tokens = tokens, shares = {} }
for index, subject in ipairs(ask.subjects) do
  local seen = windows[index]
  local share = { id = subject.id }
  if subject.rpm then
    add(key('r', subject.id), 1)
    rate(index, 'requests', subject.rpm, 1, seen.requests, seen.requestSum)
  end
  if subject.tpm then
    share.tpm = true
    add(key('t', subject.id), tokens)
    rate(index, 'tokens', subject.tpm, tokens, seen.tokens, seen.tokenSum)
  end
  if subject.concurrency or subject.amount then
    local flights = key('f', subject.id)
    redis.call('ZADD', flights, whole(now + ask.lease), ask.id)
    redis.call('EXPIRE', flights, CALL_LIFE)
  end
  if subject.amount then
    share.start = subject.start
    share.amount = whole(subject.amount)
    local holds = purse_key('h', subject.id, subject.start)
    redis.call('HSET', holds, ask.id, whole(hold))
    redis.call('HINCRBY', holds, '#', whole(hold))
    keep(holds, subject.finish)
  end
  record.shares[index] = share
end
redis.call('SET', key('c', ask.id), cjson.encode(record), 'EX', CALL_LIFE)
redis.call('ZADD', LEASES, whole(now + ask.lease), ask.id)
return cjson.encode({ hold = whole(hold), tokens = tokens, rates = rates })
