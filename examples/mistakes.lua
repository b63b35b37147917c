-- Mistakes, on purpose: see what the editor says about each, and follow the link in its message.
-- Nothing here is called, so running this file does no harm.

local function mistakes()
    State.save("user settings", "theme", "dark") -- a space in the namespace
    State.save("user", "../theme", "dark") -- a key that looks like a path
    State.save("user", "x", "dark") -- a key that says nothing
    State.set("user", "theme", "dark") -- not a function of State
end

return mistakes
