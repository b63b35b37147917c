--- integer and float arithmetic
print(7 // 2, -7 // 2, 7 // -2, -7 // -2, 7.0 // 2, -7 // 2.0)
print(7 % 3, -7 % 3, 7 % -3, -7 % -3, 7.5 % 2, -7.5 % 2, 5 % math.huge, -5 % math.huge)
print(1 / 2, 4 / 2, 2 ^ 10, 10 // 0.0, -10 // 0.0, 3 | 4, 7 & 2, 5 ~ 1, ~0, 1 << 4, 256 >> 4)
--- integers keep apart from floats
print(3, 3.0, -0.0, 3 == 3.0, math.type(3), math.type(3.0), math.type("3"), 1e2, 2 ^ 2, 10 / 2)
--- large integers
print(2147483647 + 1, 1 << 31, 1 << 32, 1 << 40, 65536 * 65536, 4294967296 // 3, 4294967295 % 7, -2147483648 - 1)
--- timestamps in milliseconds
local t = 1700000000 print(t * 1000, t * 1000 + 123, (t * 1000) // 1000, t * 1000 % 86400000)
--- bit operations on more than 32 bits
print(0xFF00FF00FF & 0xF0F0F0F0F0, 0xF00000000 | 0xF, 0xFF00000000 ~ 0xFF, ~0xFFFFFFFFFF, 1 << 52, (1 << 52) >> 40)
--- bit operations on negative numbers
print(-1 & 0xFF, -256 | 1, -1 ~ 5, -1 >> 60, -8 >> 62, -1 << 4, 5 & -2, ~5, ~-6)
--- shifts by odd amounts
print(1 << 63 == math.mininteger or 1 << 62 > 0, 1 << 64, 1 << -1, 8 >> -2, 8 >> 64, 1 >> 1)
--- hexadecimal numerals
print(0xff, 0XA, 0xffffffff, 0x7fffffff, 0xffffffffffffffff, 0x.8, 0x1p4, 0xA.8p1, 0x10)
--- decimal numerals
print(100, 1e3, 1.5e-3, .5, 5., 3e0, 0.1 + 0.2, 123456789012, 1e15, 1e16, 1e100, 123456.789e3)
--- float formatting
print(1e15, 1e14, 123456789012345.0, 1234567890123456.0, 0.1, 1/3, 100.0, 1e-5, 1e-4, 5e-324, 1.7976931348623157e308)
--- infinities
print(math.huge, -math.huge, 1/0, -1/0, math.huge == 1/0, math.huge > math.maxinteger, -math.huge < math.mininteger)
--- nan is not itself
local n = 0/0 print(n == n, n ~= n, n < n, n > 1)
--- comparison of integers and floats
print(1 < 1.5, 1 <= 1.0, 2^53 == 2^53 + 1.0, 1 == 1.0000000000000002, -1 < 0.0, "a" < "b", "a" < "B", "" < "a", "Z" < "a", "10" < "9")
--- comparison of strings with control characters
print("\n" < " ", "\t" < "a", "a\0b" < "a\0c", "\1\35" == "\18\3", "\127" < "\128")
--- control characters in keys
local t = {} t["\1\35"] = 1 t["\18\3"] = 2 print(t["\1\35"], t["\18\3"])
--- string to number coercion
print("10" + 5, "3" * "4", "0x10" + 0, "1e1" + 0, 10 .. 20, "7" // 2, "2" ^ 2, -"2", " 5 " + 1)
--- coercion failure
print(pcall(function() return "abc" + 1 end))
--- concatenation of numbers
print(1 .. "", 1.0 .. "", -0.0 .. "", 2^63 .. "", 1e100 .. "")
--- length operator
print(#"abc", #"", #{1, 2, 3}, #{n = 1}, #"\0\0", #{nil, nil, 3} >= 0)
--- boolean logic
print(nil and 1, false and 1, 1 and 2, nil or 1, false or nil, not nil, not 0, 1 and nil or 3)
--- precedence
print(2 + 3 * 4 ^ 2 / 2, -2 ^ 2, not 1 == 2, 1 .. 2 == "12", 2 ^ 3 ^ 2, 1 + 2 < 4, "a" .. "b" == "ab", 5 - 3 - 1, 7 & 3 == 3 and 1)
--- multiple assignment
local a, b, c = 1, 2 print(a, b, c) a, b = b, a print(a, b) local i = 1 local t = {} i, t[i] = i + 1, 20 print(i, t[1], t[2])
--- varargs
local function f(...) return select("#", ...), ... end print(f()) print(f(nil, nil)) print((f(1, 2, 3))) local function g(...) local a, b = ... return a, b end print(g(1)) print(table.unpack({1, 2, nil, 4}, 1, 4))
--- closures share variables
local function counter() local n = 0 return function() n = n + 1 return n end, function() return n end end local inc, get = counter() inc() inc() print(get())
--- each iteration has its own variable
local fs = {} for i = 1, 3 do fs[i] = function() i = i + 1 return i end end print(fs[1](), fs[1](), fs[2](), fs[3]())
--- numeric for
for i = 3, 1, -1 do io.write(i, " ") end for i = 1, 0 do io.write("never") end for x = 1.0, 2 do io.write(x, " ") end for i = 1, 2, 0.5 do io.write(i, " ") end print()
--- numeric for up to huge
local n = 0 for i = 1, math.huge do n = n + 1 if i == 5 then break end end print(n)
--- numeric for with a zero step
print(pcall(function() for i = 1, 2, 0 do break end end))
--- numeric for with text
print(pcall(function() for i = "a", 2 do end end))
--- generic for
local t = {10, 20, 30} for i, v in ipairs(t) do io.write(i, "=", v, " ") end print()
--- generic for over an array by pairs
for i, v in pairs({10, 20, 30, 40}) do io.write(i, "=", v, " ") end print()
--- pairs visits every key once
local t, seen = {1, 2, a = 3, b = 4, [10] = 5}, {} for k, v in pairs(t) do seen[#seen + 1] = tostring(k) .. v end table.sort(seen) print(table.concat(seen, ","))
--- removal while traversing
local t = {} for i = 1, 20 do t[i] = i end for k in pairs(t) do t[k] = nil end print(next(t))
--- goto
for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end io.write(i, ":", j, " ") ::continue:: end end print()
--- repeat sees its locals
local n = 0 repeat local done = n >= 3 n = n + 1 until done print(n)
--- while and break
local i = 0 while true do i = i + 1 if i > 4 then break end end print(i)
--- nested functions and recursion
local function fact(n) if n <= 1 then return 1 end return n * fact(n - 1) end print(fact(10), fact(15), fact(18))
--- tail calls do not grow the stack
local function loop(n) if n == 0 then return "done" end return loop(n - 1) end print(loop(100000))
--- methods
local P = {} P.__index = P function P.new(x) return setmetatable({x = x}, P) end function P:get() return self.x end function P:add(n) self.x = self.x + n return self end print(P.new(3):add(4):get())
--- inheritance
local A = {} A.__index = A function A:hello() return "A" .. self.n end local B = setmetatable({}, {__index = A}) B.__index = B print(setmetatable({n = 1}, B):hello())
--- arithmetic metamethods
local V = {} V.__index = V V.__add = function(a, b) return "add" end V.__sub = function() return "sub" end V.__mul = function() return "mul" end V.__div = function() return "div" end V.__mod = function() return "mod" end V.__pow = function() return "pow" end V.__unm = function() return "unm" end V.__idiv = function() return "idiv" end local v = setmetatable({}, V) print(v + 1, 1 - v, v * v, v / 2, v % 2, v ^ 2, -v, v // 2)
--- bitwise metamethods
local V = {__band = function() return "band" end, __bor = function() return "bor" end, __bxor = function() return "bxor" end, __shl = function() return "shl" end, __shr = function() return "shr" end, __bnot = function() return "bnot" end} local v = setmetatable({}, V) print(v & 1, 1 | v, v ~ 1, v << 1, 1 >> v, ~v)
--- comparison metamethods
local V = {__eq = function() return true end, __lt = function() return true end, __le = function() return false end} local a, b = setmetatable({}, V), setmetatable({}, V) print(a == b, a ~= b, a < b, a <= b, a > b, a >= b, a == 1)
--- concat, len and call metamethods
local V = {__concat = function(a, b) return "cat" end, __len = function() return 42 end, __call = function(self, x) return x * 2 end} local v = setmetatable({}, V) print(v .. "a", 1 .. v, #v, v(21))
--- index and newindex functions
local log = {} local t = setmetatable({}, {__index = function(_, k) return k .. "!" end, __newindex = function(t, k, v) rawset(t, k, v * 2) end}) t.x = 5 print(t.x, t.y, rawget(t, "y"))
--- tostring and name metamethods
print(tostring(setmetatable({}, {__tostring = function() return "shown" end})), (tostring(setmetatable({}, {__name = "My.Type"})):gsub("0x%x+", "PTR")))
--- pairs metamethod
for k, v in pairs(setmetatable({}, {__pairs = function(t) return function(_, k) if not k then return 1, "one" end end, t, nil end})) do print(k, v) end
--- metatable protection
local t = setmetatable({}, {__metatable = "locked"}) print(getmetatable(t), pcall(setmetatable, t, {}))
--- string metatable
print(("x"):rep(3), ("%d"):format(7), #"abc", ("abc"):upper(), getmetatable("").__index == string)
--- integer keys are normalised
local t = {} t[1.0] = "a" t[2^53] = "b" print(t[1], #t, t[2^53], next({[3.0] = 1}))
--- float keys
local t = {} t[1.5] = "x" print(t[1.5], t[1])
--- nil and nan keys
print(pcall(function() local t = {} t[nil] = 1 end)) print(pcall(function() local t = {} t[0/0] = 1 end)) print(({})[nil])
--- long strings and escapes
print([[a
b]], [==[x]]y]==], "\65\066\x43\u{48}\z
   I", '\'', "\a\b" == "\7\8", #"\u{7FFFFFFF}" , "\u{20AC}")
--- comments
--[[ block
]] print("after") --[==[ x ]==] print("more") -- end
--- semicolons and empty statements
;;; local a = 1; ; print(a);
--- integer division and modulo by zero
print(pcall(function() return 1 // 0 end)) print(pcall(function() return 1 % 0 end)) print(1 // 0.0, 1 % 0.0 ~= 1 % 0.0)
--- calling nil names it
print(pcall(function() local x x() end)) print(pcall(function() nothing() end)) print(pcall(function() local t = {} t.a.b = 1 end)) print(pcall(function() local t = {} t:method() end))
--- arithmetic on nil names it
print(pcall(function() local a return a + 1 end)) print(pcall(function() local t = {} return t.x * 2 end)) print(pcall(function() return {} .. "x" end)) print(pcall(function() return #5 end))
--- comparing different types
print(pcall(function() return 1 < "2" end)) print(pcall(function() return {} < {} end)) print(pcall(function() return nil < 1 end))
--- float to integer conversions
print(1.0 | 2, pcall(function() return 1.5 | 2 end)) print("3" | 0, pcall(function() return "a" | 0 end))
--- error values
print(pcall(error, "text", 0)) print(pcall(error, {code = 1})) print(pcall(error)) print(select(2, pcall(error, {code = 7})).code) print(pcall(error, 42))
--- error levels
local function f() error("level2", 2) end print(pcall(function() f() end)) print(pcall(function() error("level1") end)) print(pcall(function() error("none", 0) end))
--- assert
print(pcall(assert, false)) print(pcall(assert, nil, "message")) print(assert(1, "unused")) print(pcall(assert, false, {1})) print(select("#", assert(1, 2, 3)))
--- xpcall with a handler
print(xpcall(function() error("inner", 0) end, function(e) return "handled " .. e end)) print(xpcall(function(a, b) return a + b end, print, 3, 4))
--- nested pcall
print(pcall(pcall, error, "e")) print(pcall(function() local ok, e = pcall(error, "a", 0) error(e .. "b", 0) end))
--- error in an error handler
print((xpcall(error, function() error("again") end)))
--- stack overflow is an error
local function f() return 1 + f() end local ok, e = pcall(f) print(ok, e:find("stack overflow") ~= nil)
--- load
print(load("return 1 + 1")()) print(load("syntax error here")) print(load(function() return nil end)) local n = 0 print(load(function() n = n + 1 return ({"return ", "5"})[n] end)()) print(pcall(load("error('x', 0)", "=chunk")))
--- load with an environment
local env = {x = 5} print(load("return x", "c", "t", env)()) local f = load("y = 1", "c", "t", env) f() print(env.y, y)
--- _ENV
local function f() local _ENV = {print = print} print(x) end x = 1 f() local g do local _ENV = {a = 2} g = function() return a end end print(g())
--- _G
x1 = 5 print(_G.x1, _G._G == _G, rawget(_G, "undefined")) _G.y1 = 6 print(y1)
--- integer for loop near the limits
local n = 0 for i = math.maxinteger - 2, math.maxinteger do n = n + 1 end print(n) n = 0 for i = math.mininteger + 2, math.mininteger, -1 do n = n + 1 end print(n)
--- integer conversions in tostring
print(tostring(1e3), tostring(10 // 3), tostring(2^31), tostring(-0.0), tostring(1e300 * 1e10), 2^31 | 0, 1e3 // 1 | 0)
--- method on a call result
print(("a,b,c"):gsub(",", ";")) print((("x"):rep(3)))
--- parenthesised varargs
print((select(2, "a", "b", "c"))) print({(table.unpack({1, 2}))}[2] == nil)
--- upvalues in loops with closures
local fns = {} for _, name in ipairs({"a", "b"}) do fns[name] = function() return name end end print(fns.a(), fns.b())
--- shadowing
local x = 1 do local x = 2 print(x) end print(x) local x = x + 10 print(x)
--- table constructors
local function two() return 1, 2 end local t = {two(), two()} print(#t) t = {two(), (two())} print(#t) t = {[1] = "a", "b"} print(t[1]) t = {x = 1, ["y z"] = 2, [3] = 4; 5} print(t.x, t["y z"], t[3], t[1])
--- constant attribute
local a <const> = 5 print(a + 1)
--- close attribute
do local c <close> = setmetatable({}, {__close = function() print("closed") end}) print("open") end
--- integer overflow wraps or raises
print(pcall(function() return math.maxinteger + 1 == math.mininteger end))
--- multiplication beyond 2^53
print(pcall(function() return 3037000500 * 3037000500 end))
--- integers beyond 2^53
print(9007199254740993, 9223372036854775807, -9223372036854775807)
--- an integer numeral beyond 64 bits is a float
print(9223372036854775808, 123456789012345678901234567890)
--- a hash with wrapping multiplication
local h = 5381 for c in ("hello"):gmatch(".") do h = ((h << 5) + h + c:byte()) & 0xFFFFFFFF end print(h)
--- FNV-1a hash
local h = 2166136261 for c in ("hello"):gmatch(".") do h = ((h ~ c:byte()) * 16777619) & 0xFFFFFFFF end print(h)
--- linear congruential generator
local s = 42 for _ = 1, 5 do s = (s * 1103515245 + 12345) % 2147483648 end print(s)
--- fibonacci up to 78
local a, b = 0, 1 for _ = 1, 78 do a, b = b, a + b end print(a)
