-- Sessions that are created, touched and, when they are too old, cleaned up.

local MAX_AGE = 15 * 60 -- seconds

local function create_session(user)
    local created = State.load("stats", "sessions_created") or 0
    State.save("stats", "sessions_created", created + 1)
    local id = user .. "-" .. (created + 1)
    local now = os.time()
    State.save("session", id, { user = user, created_at = now, last_active = now, steps = {} })
    return id
end

local function touch_session(id, step)
    local session = State.load("session", id)
    if not session then
        return false
    end
    session.last_active = os.time()
    table.insert(session.steps, step)
    State.save("session", id, session)
    return true
end

local function clean_up(max_age)
    local removed = 0
    if not State.list_keys then
        return removed
    end
    local cutoff = os.time() - max_age
    for _, id in ipairs(State.list_keys("session")) do
        local session = State.load("session", id)
        if session and session.last_active < cutoff then
            State.delete("session", id)
            removed = removed + 1
        end
    end
    return removed
end

local expired = clean_up(MAX_AGE)
local id = create_session("ada")
touch_session(id, "opened the editor")
touch_session(id, "ran a script")
print("Session " .. id .. " is open; old ones removed: " .. expired)
