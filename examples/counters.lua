-- Counts how often things happen, and keeps the last few events of each kind.

local KEPT_EVENTS = 10

local function increment(name)
    local counters = State.load("stats", "counters") or {}
    counters[name] = (counters[name] or 0) + 1
    State.save("stats", "counters", counters)
    return counters[name]
end

local function track(kind, details)
    local events = State.load("stats", "events:" .. kind) or {}
    table.insert(events, { at = os.time(), details = details })
    while #events > KEPT_EVENTS do
        table.remove(events, 1)
    end
    State.save("stats", "events:" .. kind, events)
end

local runs = increment("runs")
track("run", { script = "counters.lua", number = runs })

if runs % 5 == 0 then
    increment("milestones")
    track("milestone", { runs = runs })
end

print("This is run number " .. runs .. ".")
