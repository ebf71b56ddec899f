-- A page of 100 by offset, close to the end of the list.
dofile("report.lua")

function request()
  return wrk.format("GET", page_from(math.max(rows - 200, 0)))
end
