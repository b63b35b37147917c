--- table.insert and remove
local t = {1, 2, 3} table.insert(t, 4) table.insert(t, 1, 0) print(table.concat(t, ",")) print(table.remove(t), table.remove(t, 1), table.concat(t, ",")) print(table.remove({}), table.remove({}, 0), #t)
--- table.insert refusals
print(pcall(table.insert, {1}, 5, 2)) print(pcall(table.insert, {1})) print(pcall(table.insert, {1}, 1, 2, 3)) print(pcall(table.insert, nil, 1)) print((pcall(table.remove, {1, 2, 3}, 7)))
--- table.concat
print(table.concat({}), table.concat({1, 2.5, "x"}, "-"), table.concat({1, 2, 3}, ",", 2), table.concat({1, 2, 3}, ",", 2, 3), table.concat({1, 2, 3}, ",", 3, 2)) print(pcall(table.concat, {1, {}, 3}))
--- table.sort
local t = {5, 2, 8, 1, 9, 3} table.sort(t) print(table.concat(t, " ")) table.sort(t, function(a, b) return a > b end) print(table.concat(t, " ")) local w = {"pear", "Apple", "fig"} table.sort(w, function(a, b) return a:lower() < b:lower() end) print(table.concat(w, " "))
--- table.sort of mixed values
print(pcall(table.sort, {1, "a", 2})) print(pcall(table.sort, {{}, {}}))
--- table.sort of floats and integers
local t = {2.5, 1, 3, 0.5, -1} table.sort(t) print(table.concat(t, " "))
--- table.unpack and pack
print(table.unpack({1, 2, 3})) print(table.unpack({1, 2, 3}, 2)) print(table.unpack({}, 1, 2)) local p = table.pack(1, nil, 3) print(p.n, p[1], p[2], p[3]) print(pcall(table.unpack, {}, 1, 1e8))
--- table.move
print(table.concat(table.move({1, 2, 3}, 1, 3, 2), ",")) print(table.concat(table.move({1, 2, 3}, 2, 3, 1), ",")) print(table.concat(table.move({1, 2}, 1, 2, 1, {9, 9, 9}), ","))
--- select
print(select("#"), select("#", nil, nil), select(2, "a", "b", "c")) print(select(-1, "a", "b"), select(-2, "a", "b")) print(pcall(select, 0)) print(select(5, 1, 2))
--- next and rawlen
print(next({}), next({5}), rawlen({1, 2}), rawlen("abc"), rawequal("a", "a"), rawequal({}, {})) print(pcall(next, {}, "missing"))
--- ipairs stops at nil
for i, v in ipairs({1, 2, nil, 4}) do io.write(i, " ") end print() for i, v in ipairs(setmetatable({}, {__index = function(_, i) if i <= 3 then return i * 10 end end})) do io.write(v, " ") end print()
--- type
print(type(nil), type(1), type("a"), type({}), type(print), type(function() end), type(coroutine.create(print)), pcall(type))
--- math functions
print(math.floor(3.7), math.floor(-3.7), math.ceil(3.2), math.ceil(-3.2), math.abs(-5), math.abs(-5.5), math.max(1, 5, 3), math.min(2, 0.5), math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, 3.5))
--- math.floor of large numbers
print(math.floor(1e10), math.floor(2^40 + 0.5), math.ceil(1e12 + 0.1), math.floor(-2^40 - 0.5), math.floor(1e300))
--- math.modf, sqrt, exp, log
print(math.modf(3.7), math.modf(-3.7), math.modf(5), math.modf(math.huge)) print(math.sqrt(16), math.sqrt(2), math.exp(0), math.log(1), math.log(8, 2), math.log(100, 10), math.log(27, 3))
--- trigonometry
print(("%.10f %.10f %.10f %.10f %.10f"):format(math.sin(1), math.cos(1), math.tan(1), math.atan(1, 2), math.acos(0.5)), math.pi)
--- math.ult and type
print(math.ult(1, 2), math.ult(-1, 2), math.type(1), math.type(1.0), math.type("1"), math.type(nil))
--- math refusals
print(pcall(math.floor, "x")) print(pcall(math.max)) print(pcall(math.fmod, 1, 0)) print(pcall(math.random, 0, -1)) print(math.fmod(1, 0.0) ~= math.fmod(1, 0.0)) print(pcall(math.abs))
--- math.random ranges
for _ = 1, 200 do local r = math.random(3) assert(r >= 1 and r <= 3 and math.type(r) == "integer") local f = math.random() assert(f >= 0 and f < 1) local n = math.random(-5, 5) assert(n >= -5 and n <= 5) end print("ok", math.random(7, 7))
--- math.random with a seed repeats
math.randomseed(42) local a, b = math.random(1000000), math.random(1000000) math.randomseed(42) print(a == math.random(1000000), b == math.random(1000000))
--- math.tointeger of floats
print(math.tointeger(5), math.tointeger(5.0), math.tointeger(5.5), math.tointeger(2^52))
--- maximum and minimum integers are integers
print(math.type(math.maxinteger), math.type(math.mininteger), math.maxinteger > 2^52, math.mininteger < -2^52)
--- os.time of a date
print(os.time({year = 2024, month = 1, day = 15, hour = 12}), os.time({year = 2000, month = 13, day = 1, hour = 0, min = 0, sec = 0}) == os.time({year = 2001, month = 1, day = 1, hour = 0}), os.time({year = 2024, month = 2, day = 30}) == os.time({year = 2024, month = 3, day = 1}))
--- os.date in UTC
print(os.date("!%Y-%m-%d %H:%M:%S", 1700000000), os.date("!%A %B %d %j %p %I %y %a %b", 0), os.date("!%x %X %D %F %T %R", 86400 * 365), os.date("!%c", 1e9))
--- os.date weeks
print(os.date("!%U %W %V %G %g %u %w %e", 1704067200), os.date("!%U %W %V %G %u", 1230768000), os.date("!%V %G", 1609459200), os.date("!%%"))
--- os.date as a table
local d = os.date("!*t", 1700000000) print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst)
--- os.date and os.time agree
local d = os.date("*t", 1700000000) print(os.time(d), os.date("!%H", 3600))
--- os refusals
print(pcall(os.date, "%Ez", 0)) print(pcall(os.date, "%Q", 0)) print(pcall(os.time, {year = 2024})) print(pcall(os.time, {year = 2024, month = "x", day = 1}))
--- os.time types
print(math.type(os.time()), math.type(os.clock()), type(os.date()), os.difftime(10, 5), os.getenv("SURELY_NOT_SET"))
--- coroutines pass values
local co = coroutine.create(function(a, b) local c = coroutine.yield(a + b) local d, e = coroutine.yield(c * 2) return d + e end) print(coroutine.resume(co, 1, 2)) print(coroutine.resume(co, 10)) print(coroutine.resume(co, 3, 4)) print(coroutine.resume(co)) print(coroutine.status(co))
--- coroutine.wrap as a generator
local function range(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end for i in range(4) do io.write(i, " ") end print()
--- coroutine status
local co co = coroutine.create(function() print(coroutine.status(co), coroutine.isyieldable()) end) print(coroutine.status(co)) coroutine.resume(co) print(coroutine.status(co), coroutine.isyieldable()) print(select(2, coroutine.running()))
--- errors in coroutines
local co = coroutine.create(function() error("inside", 0) end) print(coroutine.resume(co)) print(coroutine.status(co)) print(pcall(coroutine.wrap(function() error({code = 5}) end))) print(coroutine.resume(coroutine.create(function() local x = nil + 1 end)))
--- yield across pcall
local co = coroutine.wrap(function() local ok, v = pcall(function() local got = coroutine.yield("in pcall") error("after " .. got, 0) end) coroutine.yield(v) return "end" end) print(co(), co("x"), co())
--- yield in metamethods and iterators
local co = coroutine.wrap(function() local t = setmetatable({}, {__add = function(a, b) return coroutine.yield("add") end}) local r = t + 1 for v in function() return coroutine.yield("iter") end do return r, v end end) print(co(), co(5), co(7))
--- yield outside a coroutine
print(pcall(coroutine.yield, 1)) print(pcall(coroutine.resume, nil)) print(coroutine.resume(coroutine.running()))
--- coroutine.wrap of a dead one
local f = coroutine.wrap(function() return 1 end) f() print(pcall(f))
--- coroutine.close
local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) print(coroutine.close(co), coroutine.status(co))
--- producer and consumer
local function producer() return coroutine.create(function() for _, v in ipairs({"a", "b", "c"}) do coroutine.yield(v) end end) end local p, out = producer(), {} while true do local _, v = coroutine.resume(p) if not v then break end out[#out + 1] = v end print(table.concat(out))
--- many coroutines
local n = 0 for i = 1, 500 do local co = coroutine.wrap(function(a) n = n + coroutine.yield(a) end) co(i) co(1) end print(n)
--- deep recursion that ends
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end print(depth(10000))
--- print converts
print(nil, true, 1, 1.0, "s", -0.0) print() print("a", nil) print((print("x")))
--- io.write chains
io.write("a", 1, 2.5, "\n"):write("b\n") print(pcall(io.write, nil))
--- collectgarbage answers
print(type(collectgarbage("count")), collectgarbage(), collectgarbage("step") ~= nil)
--- absent optional libraries are testable
print(Agent == nil, undefinedGlobal == nil, type(State))
--- require of an unknown module
print((pcall(require, "no.such.module")))
--- getmetatable of strings
print(getmetatable("a").__name, type(getmetatable("a").__index))
--- tostring of functions and tables has an address
print((tostring({}):gsub("0x%x+", "P")), (tostring(print):gsub("0x%x+", "P")):sub(1, 8))
--- sorting with an inconsistent comparison ends
print((pcall(table.sort, {3, 1, 2, 5, 4, 9, 8, 7, 6, 0, 11, 10}, function() return true end)) ~= nil)
--- a queue and a stack
local q = {first = 1, last = 0} local function push(v) q.last = q.last + 1 q[q.last] = v end local function pop() local v = q[q.first] q[q.first] = nil q.first = q.first + 1 return v end push("a") push("b") print(pop(), pop(), pop())
--- memoize
local function memo(f) local c = setmetatable({}, {__mode = "k"}) return function(k) local v = c[k] if v == nil then v = f(k) c[k] = v end return v end end local n = 0 local f = memo(function(k) n = n + 1 return k.v end) local k = {v = 3} print(f(k), f(k), n)
--- deep copy
local function copy(v, seen) seen = seen or {} if type(v) ~= "table" then return v end if seen[v] then return seen[v] end local c = {} seen[v] = c for k, x in pairs(v) do c[copy(k, seen)] = copy(x, seen) end return setmetatable(c, getmetatable(v)) end local a = {1, {2}} a.self = a local b = copy(a) print(b[2][1], b.self == b, b ~= a)
--- serialise sorted
local function ser(v) if type(v) ~= "table" then return tostring(v) end local keys = {} for k in pairs(v) do keys[#keys + 1] = k end table.sort(keys, function(a, b) return tostring(a) < tostring(b) end) local out = {} for _, k in ipairs(keys) do out[#out + 1] = tostring(k) .. "=" .. ser(v[k]) end return "{" .. table.concat(out, ",") .. "}" end print(ser({b = 1, a = {2, 3}, [10] = true}))
--- binary search
local function find(t, x) local lo, hi = 1, #t while lo <= hi do local mid = (lo + hi) // 2 if t[mid] == x then return mid elseif t[mid] < x then lo = mid + 1 else hi = mid - 1 end end end print(find({1, 3, 5, 7, 9}, 7), find({1, 3}, 2))
--- sieve of Eratosthenes
local n, p = 50, {} for i = 2, n do p[i] = true end for i = 2, math.floor(math.sqrt(n)) do if p[i] then for j = i * i, n, i do p[j] = false end end end local out = {} for i = 2, n do if p[i] then out[#out + 1] = i end end print(table.concat(out, " "))
--- string builder
local parts = {} for i = 1, 5 do parts[#parts + 1] = ("%02d"):format(i) end print(table.concat(parts, ":"))
--- leap years
local function leap(y) return y % 4 == 0 and (y % 100 ~= 0 or y % 400 == 0) end print(leap(2000), leap(1900), leap(2024), leap(2023))
--- gcd and powers
local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end print(gcd(48, 18), gcd(1071, 462), 2 ^ 0.5 == math.sqrt(2), 8 // 3 * 3 + 8 % 3)
