/** Scripts that would never end. */
export const RUNAWAYS: Readonly<Record<string, string>> = {
  "an empty loop": "while true do end",
  "a loop of pcall": "local function f() error('x') end while true do pcall(f) end",
  "a loop that catches its own end": "while true do pcall(function() while true do end end) end",
  "handlers of xpcall":
    "local function f() while true do xpcall(error, function() while true do end end) end end f()",
  "a catastrophic pattern": "string.find(('a'):rep(40), ('a*'):rep(30) .. 'b')",
  "a pattern over a long text":
    "local s = ('a'):rep(200000) s:find('.-b') while true do s:find('.-.-b') end",
  "a large sort": "local t = {} for i = 1, 1e9 do t[i % 1000] = i table.sort(t) end",
  "an endless recursion of coroutines":
    "local function f() coroutine.wrap(f)() end while true do pcall(f) end",
  "a coroutine that never yields": "coroutine.wrap(function() while true do end end)()",
  "a tail recursion": "local function f() return f() end f()",
  "a goto": "::again:: goto again",
  "a metamethod that loops":
    "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) while true do pcall(function() return t[1] end) end",
  "an iterator without end": "for i in function() return 1 end do end",
  "a comparison that loops": "table.sort({1, 2, 3}, function() while true do end end)",
  "a __tostring that loops":
    "print(setmetatable({}, {__tostring = function() while true do end end}))",
  "a loop of State calls": "while true do State.save('loop', 'n', 1) end",
  "a loop of reads": "while true do State.load('loop', 'n') end",
  "a chunk that never ends": "load(function() return ' ' end)",
  "a gsub that never ends": "local s = ('x'):rep(1e5) while true do s = s:gsub('x', 'x') end",
};
