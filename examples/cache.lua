-- A cache whose entries expire. The first run "fetches", the next ones are served from state until
-- the time to live is over.

local TIME_TO_LIVE = 60 -- seconds

local function cache_set(key, value, ttl)
    State.save("cache", key, { value = value, expires_at = os.time() + ttl })
end

local function cache_get(key)
    local entry = State.load("cache", key)
    if entry == nil then
        return nil
    end
    if entry.expires_at <= os.time() then
        State.delete("cache", key)
        return nil
    end
    return entry.value
end

-- Stands in for a slow request.
local function fetch_weather(city)
    return { city = city, degrees = #city * 2 + 0.5, sky = "cloudy" }
end

local function weather(city)
    local key = "weather:" .. city
    local known = cache_get(key)
    if known then
        return known, "from the cache"
    end
    local fresh = fetch_weather(city)
    cache_set(key, fresh, TIME_TO_LIVE)
    return fresh, "fetched"
end

for _, city in ipairs({ "london", "turin", "aarhus" }) do
    local report, origin = weather(city)
    print(report.city .. ": " .. report.degrees .. " degrees, " .. report.sky .. " (" .. origin .. ")")
end
