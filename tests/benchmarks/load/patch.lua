-- Change the age of a random hero.
dofile("report.lua")
dofile("writes.lua")

function request()
  return older_hero()
end
