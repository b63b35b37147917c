-- SYNTAX TEST "source.lua" "what only looks like State"

game.State.save("user", "name", "Ada")
--   ^^^^^ - support.variable.llmspell-state.lua
--         ^^^^ - support.function.llmspell-state.lua

game:State("idle")
--   ^^^^^ - support.variable.llmspell-state.lua

-- State.save in a comment
-- ^^^^^^^^^^ - support.variable.llmspell-state.lua

--[[
State.save in a long comment
]]
local text = "State.save in a string", [[State.load]]
--            ^^^^^ - support.variable.llmspell-state.lua
--                                       ^^^^^ - support.variable.llmspell-state.lua

MyState.save("a", "b", 1) StateMachine.load("c")
-- <------- - support.variable.llmspell-state.lua
--                        ^^^^^^^^^^^^ - support.variable.llmspell-state.lua

local State = require("machine")
--    ^^^^^ - support.variable.llmspell-state.lua

function State(from) end
--       ^^^^^ - support.variable.llmspell-state.lua

local function enter(State) end
--                   ^^^^^ - support.variable.llmspell-state.lua

local machine = { State = "idle" }
--                ^^^^^ - support.variable.llmspell-state.lua

State.get("name") State.saved()
--    ^^^ - support.function.llmspell-state.lua
--                      ^^^^^ - support.function.llmspell-state.lua
