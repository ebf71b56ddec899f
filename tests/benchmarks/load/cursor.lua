-- A page of 100 by cursor, close to the end of the list. The paths are arguments.
dofile("report.lua")

function request()
  return wrk.format("GET", more[math.random(#more)])
end
