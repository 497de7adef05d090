-- Checks every limit of every subject of a call, then commits all of them, or none.

local function refusal(index, limit, allowed, left, needed, wait, is_held)
  left = whole(math.max(0, left))
  return { refused = { index = index - 1, limit = limit, allowed = whole(allowed), left = left, needed = whole(needed), wait = wait, held = is_held } }
end

-- @return when to ask again, and whether it is only held, not spent
local function wait_for_budget(ask, subject, seen)
  if seen.held > 0 and subject.amount - seen.spent >= math.max(1, ask.minHold) then return 1000, true end
  if not subject.finish or ask.minHold > subject.amount then return nil end
  return subject.finish - now
end

-- Calls whose process no longer renews them count as ended. What they hold stays until it is known what they cost.
local function has_room(subject)
  local in_flight = calls(key('in_flight', subject.id))
  if redis.call('ZCARD', in_flight) < subject.maxConcurrency then return true end
  redis.call('ZREMRANGEBYSCORE', in_flight, '-inf', now)
  return redis.call('ZCARD', in_flight) < subject.maxConcurrency
end

-- What is left of the limit that is nearest to its end, for the headers of the reply.
local function nearest(known, limit, seen, kind, sum, taken)
  local remaining = math.max(0, limit - sum - taken)
  if known and known.remaining / known.limit <= remaining / limit then return known end
  local reset = SLOTS * 1000 - (now - second * 1000)
  if taken == 0 then reset = falls_to(seen, kind, sum, 0) end
  return { limit = limit, remaining = remaining, resetMs = reset }
end

-- @return a refusal, or nil and the tokens and the hold that fit
local function check(ask, windows, usages)
  local tokens, hold = ask.tokens, ask.hold
  for index, subject in ipairs(ask.subjects) do
    local seen = windows[index]
    if subject.rpm then
      local left = subject.rpm - seen.requests
      if left < ask.requests then
        local wait = nil
        if ask.requests <= subject.rpm then wait = falls_to(seen, 'r', seen.requests, subject.rpm - ask.requests) end
        return refusal(index, 'rpm', subject.rpm, left, ask.requests, wait)
      end
    end
    if subject.tpm then
      local left = subject.tpm - seen.tokens
      if left < ask.minTokens then
        local wait = nil
        if ask.minTokens <= subject.tpm then wait = falls_to(seen, 't', seen.tokens, subject.tpm - ask.minTokens) end
        return refusal(index, 'tpm', subject.tpm, left, ask.minTokens, wait)
      end
      tokens = math.min(tokens, left)
    end
    if subject.maxConcurrency and not has_room(subject) then
      return refusal(index, 'max_concurrency', subject.maxConcurrency, 0, 1, 1000)
    end
    if subject.amount then
      local left = subject.amount - usages[index].spent - usages[index].held
      if ask.hold > 0 and left < math.max(1, ask.minHold) then
        local wait, is_held = wait_for_budget(ask, subject, usages[index])
        return refusal(index, 'budget', subject.amount, left, ask.minHold, wait, is_held)
      end
      hold = math.max(0, math.min(hold, left, math.max(ask.fairHold, math.floor(left * ask.share))))
    end
  end
  return nil, tokens, hold
end

-- @return what the call has taken of one subject, as its settlement needs to know it
local function take(ask, subject, lease, seen, held, tokens, hold)
  if seen then add(seen, ask.requests, tokens) end
  if subject.maxConcurrency then
    local in_flight = key('in_flight', subject.id)
    redis.call('ZADD', in_flight, now + lease, ask.id)
    redis.call('EXPIRE', in_flight, CALL_LIFE)
  end
  local reservation = { id = subject.id, rates = seen ~= nil, in_flight = subject.maxConcurrency ~= nil }
  if subject.amount then
    reservation.start = subject.start
    reservation.amount = whole(subject.amount)
    if hold ~= 0 then redis.call('HINCRBY', held.name, 'held', hold) end
  end
  return reservation
end

local function admit(ask, lease)
  local windows, usages, unseeded = {}, {}, {}
  for index, subject in ipairs(ask.subjects) do
    if subject.amount then
      if subject.seed then seed(subject.id, subject.start, subject.seed, subject.finish) end
      usages[index] = usage(subject.id, subject.start)
      if not usages[index].spent then unseeded[#unseeded + 1] = index - 1 end
    end
  end
  if #unseeded > 0 then return { unseeded = unseeded } end
  for index, subject in ipairs(ask.subjects) do
    if subject.rpm or subject.tpm then windows[index] = window(subject.id) end
  end
  local refused, tokens, hold = check(ask, windows, usages)
  if refused then return refused end

  local reservations, rates = {}, {}
  local requests_taken = ask.onlyLook and 0 or ask.requests
  local tokens_taken = ask.onlyLook and 0 or tokens
  for index, subject in ipairs(ask.subjects) do
    local seen = windows[index]
    if subject.rpm then rates.requests = nearest(rates.requests, subject.rpm, seen, 'r', seen.requests, requests_taken) end
    if subject.tpm then rates.tokens = nearest(rates.tokens, subject.tpm, seen, 't', seen.tokens, tokens_taken) end
    if not ask.onlyLook then
      reservations[index] = take(ask, subject, lease, seen, usages[index], tokens, hold)
    end
  end
  if ask.onlyLook then
    return { hold = whole(hold), tokens = tokens, requestRate = rates.requests, tokenRate = rates.tokens }
  end
  local record = cjson.encode({ second = second, tokens = tokens, hold = whole(hold), reservations = reservations })
  redis.call('SET', key('call', ask.id), record, 'EX', CALL_LIFE)
  redis.call('ZADD', LEASES, now + lease, ask.id)
  return { record = record, hold = whole(hold), tokens = tokens, requestRate = rates.requests, tokenRate = rates.tokens }
end
