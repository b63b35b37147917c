--- matrix multiplication
local function mul(a, b) local c = {} for i = 1, #a do c[i] = {} for j = 1, #b[1] do local s = 0 for k = 1, #b do s = s + a[i][k] * b[k][j] end c[i][j] = s end end return c end
local m = mul({{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}) print(m[1][1], m[1][2], m[2][1], m[2][2])
--- eight queens
local n, count = 6, 0 local cols, d1, d2 = {}, {}, {}
local function place(r) if r > n then count = count + 1 return end for c = 1, n do if not (cols[c] or d1[r + c] or d2[r - c + n]) then cols[c], d1[r + c], d2[r - c + n] = true, true, true place(r + 1) cols[c], d1[r + c], d2[r - c + n] = nil, nil, nil end end end
place(1) print(count)
--- towers of Hanoi
local moves = 0 local function hanoi(n, a, b, c) if n == 0 then return end hanoi(n - 1, a, c, b) moves = moves + 1 hanoi(n - 1, c, b, a) end hanoi(8, "a", "b", "c") print(moves)
--- permutations by coroutine
local function permgen(a, n) n = n or #a if n <= 1 then coroutine.yield(table.concat(a)) else for i = 1, n do a[n], a[i] = a[i], a[n] permgen(a, n - 1) a[n], a[i] = a[i], a[n] end end end
for p in coroutine.wrap(function() permgen({"a", "b", "c"}) end) do io.write(p, " ") end print()
--- quicksort
local function qs(t, lo, hi) if lo < hi then local p, i = t[hi], lo - 1 for j = lo, hi - 1 do if t[j] <= p then i = i + 1 t[i], t[j] = t[j], t[i] end end t[i + 1], t[hi] = t[hi], t[i + 1] qs(t, lo, i) qs(t, i + 2, hi) end end
local t = {5, 3, 9, 1, 7, 3} qs(t, 1, #t) print(table.concat(t, " "))
--- word count
local count = {} for w in ("the cat and the dog and the bird"):gmatch("%a+") do count[w] = (count[w] or 0) + 1 end
local words = {} for w in pairs(count) do words[#words + 1] = w end table.sort(words, function(a, b) return count[a] > count[b] or count[a] == count[b] and a < b end)
for _, w in ipairs(words) do io.write(w, "=", count[w], " ") end print()
--- a linked list
local list for i = 1, 5 do list = {next = list, value = i} end local s = 0 local l = list while l do s = s * 10 + l.value l = l.next end print(s)
--- reversing a list in place
local t = {1, 2, 3, 4, 5} for i = 1, #t // 2 do t[i], t[#t - i + 1] = t[#t - i + 1], t[i] end print(table.concat(t, ","))
--- roman numerals
local function roman(n) local r = "" for _, p in ipairs{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} do while n >= p[1] do r = r .. p[2] n = n - p[1] end end return r end
print(roman(1994), roman(2026), roman(49))
--- Caesar cipher
local function shift(s, n) return (s:gsub("%a", function(c) local b = c:match("%l") and 97 or 65 return string.char((c:byte() - b + n) % 26 + b) end)) end print(shift("Hello, World!", 3), shift(shift("abcXYZ", 7), -7))
--- Collatz
local function steps(n) local s = 0 while n ~= 1 do n = n % 2 == 0 and n // 2 or 3 * n + 1 s = s + 1 end return s end print(steps(27), steps(97), steps(1))
--- change making
local function change(n, coins) local ways = {[0] = 1} for i = 1, n do ways[i] = 0 end for _, c in ipairs(coins) do for i = c, n do ways[i] = ways[i] + ways[i - c] end end return ways[n] end print(change(100, {1, 5, 10, 25, 50}))
--- longest common subsequence
local function lcs(a, b) local d = {} for i = 0, #a do d[i] = {} for j = 0, #b do d[i][j] = (i == 0 or j == 0) and 0 or a:sub(i, i) == b:sub(j, j) and d[i - 1][j - 1] + 1 or math.max(d[i - 1][j], d[i][j - 1]) end end return d[#a][#b] end print(lcs("AGGTAB", "GXTXAYB"), lcs("", "x"))
--- edit distance
local function lev(a, b) local p = {} for j = 0, #b do p[j] = j end for i = 1, #a do local c = {[0] = i} for j = 1, #b do c[j] = math.min(p[j] + 1, c[j - 1] + 1, p[j - 1] + (a:byte(i) == b:byte(j) and 0 or 1)) end p = c end return p[#b] end print(lev("kitten", "sitting"), lev("", "abc"))
--- run length encoding
local function rle(s) local out = {} local i = 1 while i <= #s do local c = s:sub(i, i) local n = #s:match("^" .. c .. "+", i) out[#out + 1] = n .. c i = i + n end return table.concat(out) end print(rle("aaabccddddd"))
--- base conversion
local function base(n, b) local d = "0123456789abcdefghijklmnopqrstuvwxyz" local r = "" repeat local m = n % b r = d:sub(m + 1, m + 1) .. r n = n // b until n == 0 return r end print(base(255, 2), base(255, 16), base(123456789, 36), tonumber(base(123456789, 36), 36))
--- a prime test by trial
local function prime(n) if n < 2 then return false end for i = 2, math.floor(n ^ 0.5) do if n % i == 0 then return false end end return true end local r = {} for i = 1, 50 do if prime(i) then r[#r + 1] = i end end print(table.concat(r, " "))
--- Pascal's triangle
local row = {1} for _ = 1, 6 do print(table.concat(row, " ")) local nextRow = {1} for i = 1, #row - 1 do nextRow[i + 1] = row[i] + row[i + 1] end nextRow[#row + 1] = 1 row = nextRow end
--- a class with inheritance and super
local A = {} A.__index = A function A.new(n) return setmetatable({n = n}, A) end function A:name() return "A" .. self.n end
local B = setmetatable({}, {__index = A}) B.__index = B function B.new(n) local o = A.new(n) return setmetatable(o, B) end function B:name() return "B:" .. A.name(self) end print(A.new(1):name(), B.new(2):name(), getmetatable(B.new(3)) == B)
--- multiple inheritance
local function search(k, list) for _, c in ipairs(list) do local v = c[k] if v ~= nil then return v end end end local X, Y = {x = function() return "x" end}, {y = function() return "y" end} local C = setmetatable({}, {__index = function(_, k) return search(k, {X, Y}) end}) print(C.x(), C.y(), C.z)
--- read-only tables
local function ro(t) return setmetatable({}, {__index = t, __newindex = function(_, k) error("read-only: " .. k, 2) end, __len = function() return #t end}) end local t = ro{1, 2, 3} print(#t, t[2], pcall(function() t[1] = 5 end))
--- default values by metatable
local d = setmetatable({}, {__index = function(t, k) local v = k * k rawset(t, k, v) return v end}) print(d[4], rawget(d, 4), rawget(d, 5))
--- tracking accesses
local log = {} local t = setmetatable({}, {__index = function(_, k) log[#log + 1] = "get " .. k end, __newindex = function(t, k, v) log[#log + 1] = "set " .. k rawset(t, k, v) end}) local _ = t.a t.a = 1 t.a = 2 _ = t.a print(table.concat(log, ","))
--- a set with operators
local S = {} S.__index = S local function set(l) local s = setmetatable({}, S) for _, v in ipairs(l) do s[v] = true end return s end S.__add = function(a, b) local r = set{} for k in pairs(a) do r[k] = true end for k in pairs(b) do r[k] = true end return r end S.__le = function(a, b) for k in pairs(a) do if not b[k] then return false end end return true end S.__eq = function(a, b) return a <= b and b <= a end print(set{1, 2} + set{3} == set{3, 2, 1}, set{1} <= set{1, 2}, set{3} <= set{1})
--- a vector class
local V = {} V.__index = V local function vec(x, y) return setmetatable({x = x, y = y}, V) end V.__add = function(a, b) return vec(a.x + b.x, a.y + b.y) end V.__mul = function(a, b) return type(a) == "number" and vec(a * b.x, a * b.y) or vec(a.x * b, a.y * b) end V.__unm = function(a) return vec(-a.x, -a.y) end V.__tostring = function(a) return "(" .. a.x .. "," .. a.y .. ")" end V.__eq = function(a, b) return a.x == b.x and a.y == b.y end print(tostring(vec(1, 2) + vec(3, 4) * 2), tostring(-(2 * vec(1, 1.5))), vec(1, 2) == vec(1, 2))
--- complex numbers
local C = {} C.__index = C local function c(r, i) return setmetatable({r = r, i = i}, C) end C.__mul = function(a, b) return c(a.r * b.r - a.i * b.i, a.r * b.i + a.i * b.r) end local z = c(1, 1) for _ = 1, 3 do z = z * c(0, 1) end print(z.r, z.i)
--- currying and composition
local function curry(f, n) n = n or 2 if n < 2 then return f end return function(a) return curry(function(...) return f(a, ...) end, n - 1) end end local function compose(f, g) return function(...) return f(g(...)) end end print(curry(function(a, b, c) return a + b * c end, 3)(1)(2)(3), compose(tostring, math.abs)(-5))
--- map, filter and reduce
local function map(t, f) local r = {} for i, v in ipairs(t) do r[i] = f(v) end return r end local function filter(t, f) local r = {} for _, v in ipairs(t) do if f(v) then r[#r + 1] = v end end return r end local function reduce(t, f, a) for _, v in ipairs(t) do a = f(a, v) end return a end print(reduce(map(filter({1, 2, 3, 4, 5, 6}, function(v) return v % 2 == 0 end), function(v) return v ^ 2 end), function(a, b) return a + b end, 0))
--- zip and enumerate iterators
local function zip(a, b) local i = 0 return function() i = i + 1 if a[i] ~= nil and b[i] ~= nil then return a[i], b[i] end end end for x, y in zip({1, 2, 3}, {"a", "b"}) do io.write(x, y, " ") end print()
--- a stateless iterator
local function iter(n, i) if i < n then return i + 1, (i + 1) ^ 2 end end for i, sq in iter, 4, 0 do io.write(i, ":", sq, " ") end print()
--- a scheduler of coroutines
local tasks, out = {}, {} for id = 1, 3 do tasks[id] = coroutine.create(function() for i = 1, id do out[#out + 1] = id .. "." .. i coroutine.yield() end end) end while #tasks > 0 do for i = #tasks, 1, -1 do coroutine.resume(tasks[i]) if coroutine.status(tasks[i]) == "dead" then table.remove(tasks, i) end end end print(table.concat(out, " "))
--- coroutines that pass errors up
local co = coroutine.create(function() local ok, e = pcall(function() coroutine.yield(1) error("inner", 0) end) coroutine.yield(e) error({code = 7}) end) print(coroutine.resume(co)) print(coroutine.resume(co)) local ok, e = coroutine.resume(co) print(ok, type(e), e.code) print(coroutine.resume(co))
--- a generator of a tree in order
local tree = {v = 4, l = {v = 2, l = {v = 1}, r = {v = 3}}, r = {v = 5}} local function walk(n) if n then walk(n.l) coroutine.yield(n.v) walk(n.r) end end for v in coroutine.wrap(function() walk(tree) end) do io.write(v, " ") end print()
--- breadth first search
local g = {a = {"b", "c"}, b = {"d"}, c = {"d"}, d = {"e"}, e = {}} local seen, queue, order = {a = true}, {"a"}, {} while #queue > 0 do local n = table.remove(queue, 1) order[#order + 1] = n for _, m in ipairs(g[n]) do if not seen[m] then seen[m] = true queue[#queue + 1] = m end end end print(table.concat(order))
--- topological sort
local deps = {{"a"}, {"b", "a"}, {"c", "a", "b"}, {"d", "c"}} local done, out = {}, {} local by = {} for _, d in ipairs(deps) do by[d[1]] = d end local function visit(n) if done[n] then return end done[n] = true for i = 2, #by[n] do visit(by[n][i]) end out[#out + 1] = n end for i = #deps, 1, -1 do visit(deps[i][1]) end print(table.concat(out))
--- a heap
local h = {} local function push(v) h[#h + 1] = v local i = #h while i > 1 and h[i // 2] > h[i] do h[i], h[i // 2] = h[i // 2], h[i] i = i // 2 end end local function pop() local v = h[1] h[1] = h[#h] h[#h] = nil local i = 1 while true do local l, s = 2 * i, i if h[l] and h[l] < h[s] then s = l end if h[l + 1] and h[l + 1] < h[s] then s = l + 1 end if s == i then return v end h[i], h[s] = h[s], h[i] i = s end end for _, v in ipairs{5, 2, 8, 1, 9, 3} do push(v) end for _ = 1, 6 do io.write(pop(), " ") end print()
--- a least recently used cache
local cache, order = {}, {} local function touch(k) for i, o in ipairs(order) do if o == k then table.remove(order, i) break end end order[#order + 1] = k end local function put(k, v) cache[k] = v touch(k) if #order > 2 then cache[table.remove(order, 1)] = nil end end put("a", 1) put("b", 2) touch("a") put("c", 3) print(cache.a, cache.b, cache.c)
--- parsing a small expression
local s, i = "2*(3+4)-10/5", 1 local expr local function peek() return s:sub(i, i) end local function num() local a, b = s:find("^%d+", i) i = b + 1 return tonumber(s:sub(a, b)) end local function atom() if peek() == "(" then i = i + 1 local v = expr() i = i + 1 return v end return num() end local function term() local v = atom() while peek():find("[*/]") do local o = peek() i = i + 1 local w = atom() v = o == "*" and v * w or v / w end return v end function expr() local v = term() while peek():find("[-+]") do local o = peek() i = i + 1 local w = term() v = o == "+" and v + w or v - w end return v end print(expr())
--- parsing key and value lines
local t = {} for line in ("a = 1\n# no\nb=two words \n\nc =\n"):gmatch("[^\n]*") do local k, v = line:match("^%s*([%w_]+)%s*=%s*(.-)%s*$") if k then t[#t + 1] = k .. "[" .. v .. "]" end end print(table.concat(t, ";"))
--- parsing CSV with quotes
local function csv(s) local r = {} s = s .. "," local i = 1 repeat if s:sub(i, i) == '"' then local txt = "" local j = i repeat local a, b, c = s:find('^"(.-)"("?)', j) txt = txt .. c if s:sub(b, b) == '"' and b > a + #c + 1 then txt = txt .. '"' end j = b until s:sub(b, b) ~= '"' or b == a + #c + 1 r[#r + 1] = txt i = s:find(",", j) + 1 else local e = s:find(",", i) r[#r + 1] = s:sub(i, e - 1) i = e + 1 end until i > #s return r end print(table.concat(csv('a,"b,c",,d'), "|"))
--- templates
print((("Hello ${name}, you are ${age} and ${gone}"):gsub("%${(%w+)}", {name = "Ada", age = 36})))
--- camel and snake case
print((("user_profile_name"):gsub("_(%l)", string.upper)), (("userProfileName"):gsub("%u", function(c) return "_" .. c:lower() end)))
--- wrapping text
local function wrap(s, w) local line, out = "", {} for word in s:gmatch("%S+") do if #line + #word + 1 > w and line ~= "" then out[#out + 1] = line line = word else line = line == "" and word or line .. " " .. word end end out[#out + 1] = line return out end print(table.concat(wrap("the quick brown fox jumps over the lazy dog", 12), "/"))
--- date arithmetic
local t = os.time{year = 2024, month = 2, day = 28, hour = 12} print(os.date("!%Y-%m-%d", t + 2 * 86400), os.difftime(t + 60, t), os.date("!%H", 3600 * 5))
--- normalised dates
local d = os.date("*t", os.time{year = 2025, month = 14, day = -3, hour = 12}) print(d.year, d.month, d.day, d.yday)
--- averages and medians
local t = {3, 1, 4, 1, 5, 9, 2, 6} local s = 0 for _, v in ipairs(t) do s = s + v end table.sort(t) print(s / #t, (t[4] + t[5]) / 2, s // #t)
--- rounding
local function round(x, n) local m = 10 ^ (n or 0) return math.floor(x * m + 0.5) / m end print(round(2.5), round(-2.5), round(3.14159, 2), math.floor(-0.5), math.ceil(-0.5), math.floor(3))
--- percentages and padding
for _, p in ipairs{{"a", 0.125}, {"bcd", 1}, {"ef", 0.5}} do print(("%-5s|%6.1f%%|%03d"):format(p[1], p[2] * 100, p[2] * 100 // 1)) end
--- numbers as table keys
local t = {} t[1] = "a" t[1.0] = "b" t["1"] = "c" t[2^53] = "d" print(t[1], t["1"], t[2^53], #t, next({}) == nil)
--- nested tables by path
local t = {} local function put(path, v) local n = t local keys = {} for k in path:gmatch("[^.]+") do keys[#keys + 1] = k end for i = 1, #keys - 1 do n[keys[i]] = n[keys[i]] or {} n = n[keys[i]] end n[keys[#keys]] = v end put("a.b.c", 1) put("a.d", 2) print(t.a.b.c, t.a.d)
--- comparing tables deeply
local function eq(a, b) if type(a) ~= "table" or type(b) ~= "table" then return a == b end for k, v in pairs(a) do if not eq(v, b[k]) then return false end end for k in pairs(b) do if a[k] == nil then return false end end return true end print(eq({1, {x = 2}}, {1, {x = 2}}), eq({1}, {1, 2}), eq({}, {}))
--- merging tables
local function merge(...) local r = {} for i = 1, select("#", ...) do for k, v in pairs((select(i, ...))) do r[k] = v end end return r end local m = merge({a = 1, b = 2}, {b = 3}, {c = 4}) print(m.a, m.b, m.c)
--- slices by unpack and move
local t = {1, 2, 3, 4, 5} print(table.unpack(t, 2, 4)) print(table.concat(table.move(t, 3, 5, 1, {}), ",")) print(select(-2, table.unpack(t)))
--- nil holes in arguments
local function f(...) local p = table.pack(...) local r = {} for i = 1, p.n do r[i] = tostring(p[i]) end return table.concat(r, ",") end print(f(nil, 1, nil), f(), f(nil), select("#", f(nil, nil)))
--- errors with tables and tracebacks
local E = setmetatable({}, {__tostring = function() return "custom" end}) local ok, e = pcall(error, E) print(ok, e == E, tostring(e)) print(select("#", pcall(error)), pcall(error, nil))
--- retrying after errors
local n = 0 local function flaky() n = n + 1 if n < 3 then error("again", 0) end return "done after " .. n end local ok, r repeat ok, r = pcall(flaky) until ok print(r)
--- finalisers by pcall
local log = {} local function with(f) log[#log + 1] = "open" local ok, e = pcall(f) log[#log + 1] = "close" if not ok then error(e, 0) end end print(pcall(with, function() error("inside", 0) end)) print(table.concat(log, " "))
