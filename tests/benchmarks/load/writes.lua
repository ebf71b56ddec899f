-- The write requests.

function new_hero()
  local number = math.random(1000000)
  local body = string.format(
    '{"name": "Hero %06d", "secret_name": "Secret of %06d", "age": %d}',
    number, number, number % 100)
  return wrk.format("POST", "/heroes/", json, body)
end

function older_hero()
  local body = string.format('{"age": %d}', math.random(0, 99))
  return wrk.format("PATCH", any_hero(), json, body)
end
