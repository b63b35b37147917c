-- SYNTAX TEST "source.lua" "State and its members"

State.save("user", "preferences", { theme = "dark" })
-- <----- support.variable.llmspell-state.lua
--   ^ punctuation.accessor.llmspell-state.lua
--    ^^^^ support.function.llmspell-state.lua
--         ^^^^^^ string.quoted.double.lua - support

local theme = State.load("user", "theme") or "light"
--            ^^^^^ support.variable.llmspell-state.lua
--                  ^^^^ support.function.llmspell-state.lua

if State.list_keys then print(#State.list_keys("user")) end
-- ^^^^^ support.variable.llmspell-state.lua
--       ^^^^^^^^^ support.function.llmspell-state.lua
--                             ^^^^^ support.variable.llmspell-state.lua
--                                   ^^^^^^^^^ support.function.llmspell-state.lua

local S, text = State, "a" .. State.load("user", "name")
--              ^^^^^ support.variable.llmspell-state.lua
--                            ^^^^^ support.variable.llmspell-state.lua
--                                  ^^^^ support.function.llmspell-state.lua

State["save"]("user", "name", "Ada")
-- <----- support.variable.llmspell-state.lua

State . load("user", "name")
-- <----- support.variable.llmspell-state.lua
--      ^^^^ support.function.llmspell-state.lua

State.workflow_get("42", "plan") State.create_backup(false)
--    ^^^^^^^^^^^^ support.function.llmspell-state.lua
--                                     ^^^^^^^^^^^^^ support.function.llmspell-state.lua

if State == nil then return end
-- ^^^^^ support.variable.llmspell-state.lua
