-- All that one turn of a process's event loop has: settlements first, so that admissions find what they gave back.
-- ARGV[3]: { lease, epoch, newEpoch, restores: [[call, record]], left: [call], settlements: [[call, tokens, cost]], asks }, as JSON.
-- @return the epoch, and the answers to the asks in their order; no answers, and nothing done, where the epoch is another
-- than the process knew: then Redis was emptied or replaced, and the process has to say which calls it has running.
local question = cjson.decode(ARGV[3])

calls(LEASES)
local epoch = redis.pcall('GET', prefix .. 'epoch')
if type(epoch) ~= 'string' then
  epoch = question.newEpoch
  redis.call('SET', prefix .. 'epoch', epoch)
end
if question.epoch and question.epoch ~= epoch then return cjson.encode({ epoch = epoch }) end

-- A Redis that takes no writes now fails as a whole, so that all of it is sent again.
if #question.settlements > 0 then redis.call('ZREM', LEASES, '') end

-- One that cannot be done must not take the others with it.
local function each(list, name, work)
  for _, one in ipairs(list) do
    local done, problem = pcall(work, one)
    if not done then redis.log(redis.LOG_WARNING, name .. ': ' .. tostring(type(problem) == 'table' and problem.err or problem)) end
  end
end

each(question.restores, 'a call was not restored', function(one) restore(one[1], one[2], question.lease) end)
each(question.left, 'a call was not left', leave)
each(question.settlements, 'a call was not settled', function(one) settle(unpack(one)) end)

local answers = {}
for index, ask in ipairs(question.asks) do
  local done, answer = pcall(admit, ask, question.lease)
  answers[index] = done and answer or { problem = tostring(type(answer) == 'table' and answer.err or answer) }
end
return cjson.encode({ epoch = epoch, answers = answers })
