-- 70 % heroes by id, 10 % pages, 10 % POST, 10 % PATCH.
dofile("report.lua")
dofile("writes.lua")

function request()
  local one_of_ten = math.random(10)
  if one_of_ten == 1 then
    return wrk.format("GET", page_from(0))
  elseif one_of_ten == 2 then
    return new_hero()
  elseif one_of_ten == 3 then
    return older_hero()
  end
  return wrk.format("GET", any_hero())
end
