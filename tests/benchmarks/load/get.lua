-- One hero by random id.
dofile("report.lua")

function request()
  return wrk.format("GET", any_hero())
end
