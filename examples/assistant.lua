-- A chat assistant that remembers who it talks to, and what was said the last few times.
-- Run it more than once: it greets you by name, and the conversation grows in the sidebar.

local USER = "ada"
local REMEMBERED_TURNS = 20

local DEFAULT_PROFILE = {
    display_name = "Ada",
    language = "en",
    interests = { "engines", "poetry" },
    visits = 0,
}

local function load_profile(user)
    return State.load("user", "profile:" .. user) or DEFAULT_PROFILE
end

-- Stands in for a language model, so that the example needs no key and no network.
local function answer(profile, history, text)
    local topic = string.match(text, "about (%a+)")
    if topic then
        return "Let us talk about " .. topic .. ", " .. profile.display_name .. "."
    end
    if string.find(text, "remember", 1, true) and #history > 0 then
        return "You said: \"" .. history[1].text .. "\""
    end
    return "I see. Go on!"
end

local function remember(history, role, text)
    table.insert(history, { role = role, text = text, at = os.time() })
    while #history > REMEMBERED_TURNS do
        table.remove(history, 1)
    end
end

local profile = load_profile(USER)
profile.visits = profile.visits + 1
profile.last_seen = os.time()
State.save("user", "profile:" .. USER, profile)

local history = State.load("chat", "history:" .. USER) or {}
local preferences = State.load("user", "preferences") or { theme = "dark", tone = "friendly" }
State.save("user", "preferences", preferences)

if profile.visits == 1 then
    print("Nice to meet you, " .. profile.display_name .. "!")
else
    print("Welcome back, " .. profile.display_name .. ". Visit number " .. profile.visits .. ".")
end

for _, text in ipairs({ "Tell me something about engines", "Do you remember me?" }) do
    local reply = answer(profile, history, text)
    remember(history, "user", text)
    remember(history, "assistant", reply)
    print("> " .. text)
    print(reply)
end

State.save("chat", "history:" .. USER, history)
