-- Create a hero.
dofile("report.lua")
dofile("writes.lua")

function request()
  return new_hero()
end
