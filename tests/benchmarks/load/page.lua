-- A page of 100, close to the start of the list.
dofile("report.lua")

function request()
  return wrk.format("GET", page_from(0))
end
