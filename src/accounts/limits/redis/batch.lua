-- All that one turn of a process's event loop has: settlements first, so that admissions find what they gave back.
-- ARGV[3]: { lease, settlements: [[call, tokens, cost]], asks }, as JSON. @return the answers to the asks, in their order
local question = cjson.decode(ARGV[3])

-- One that cannot be done must not take the others with it.
for _, settlement in ipairs(question.settlements) do
  local done, problem = pcall(settle, unpack(settlement))
  if not done then redis.log(redis.LOG_WARNING, 'a call was not settled: ' .. tostring(problem.err or problem)) end
end

local answers = {}
for index, ask in ipairs(question.asks) do
  local done, answer = pcall(admit, ask, question.lease)
  answers[index] = done and answer or { problem = tostring(answer.err or answer) }
end
return cjson.encode(answers)
