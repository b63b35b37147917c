--- close in order
do local a <close> = setmetatable({}, {__close = function() io.write("a ") end}) local b <close> = setmetatable({}, {__close = function(_, e) io.write("b ", tostring(e), " ") end}) io.write("body ") end print("after")
--- close on an error
print(pcall(function() local x <close> = setmetatable({}, {__close = function(_, e) io.write("closing for ", tostring(e):match("oops"), "\n") end}) error("oops") end))
--- close on break and return
local function f() for i = 1, 3 do local c <close> = setmetatable({}, {__close = function() io.write(i, " ") end}) if i == 2 then return "left" end end end print(f())
--- close of nil and false
do local a <close>, b <const> = nil, 2 local c <close> = false print(a, b, c) end
--- close of what cannot be closed
print((pcall(function() local a <close> = {} end)))
--- close by a generic for
local function iter() return function(_, i) i = i + 1 if i <= 2 then return i end end, nil, 0, setmetatable({}, {__close = function() io.write("closed\n") end}) end for i in iter() do io.write(i, " ") end print("end")
--- coroutine.close runs what is to be closed
local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() io.write("closed ") end}) coroutine.yield(1) end) coroutine.resume(co) print(coroutine.close(co), coroutine.status(co))
--- a yield while closing
local co = coroutine.wrap(function() do local x <close> = setmetatable({}, {__close = function() coroutine.yield("closing") end}) end return "done" end) print(co(), co())
--- wrapping of 64-bit integers
print(math.maxinteger + 1 == math.mininteger, math.mininteger - 1, math.maxinteger * 2, -math.mininteger, 1 << 63, -1 >> 1, math.mininteger // -1, math.abs(math.mininteger))
--- comparison at the edge of 64 bits
print(math.maxinteger < 2^63, math.maxinteger + 0.0 == 2^63, math.mininteger <= -2^63, 2^53 + 1 == 9007199254740993, math.ult(1, -1), 9007199254740993 < 9007199254740992.0)
--- numerals of 64 bits
print(9223372036854775807, 9223372036854775808, -9223372036854775808, 0xffffffffffffffff, 0x1ffffffffffffffff, tonumber("9223372036854775807"), tonumber("1e1"), math.tointeger(2^62), math.tointeger("8"))
--- a loop up to the largest integer
local n = 0 for i = math.maxinteger - 2, math.maxinteger do n = n + 1 end for i = math.mininteger, math.mininteger + 2 do n = n + 1 end print(n)
--- packing of 64 bits
print(string.unpack("<i8", string.pack("<i8", math.mininteger)), string.unpack(">I8", string.pack(">I8", -1)), string.format("%d %x", math.mininteger, -1))
--- finalizers
local t = setmetatable({}, {__gc = function() io.write("collected\n") end}) t = nil collectgarbage() collectgarbage() print("after")
--- weak tables
local weak = setmetatable({}, {__mode = "v"}) weak[1] = {} weak[2] = "kept" collectgarbage() collectgarbage() print(weak[1], weak[2])
--- ephemerons
local keys = setmetatable({}, {__mode = "k"}) do local k = {} keys[k] = {k} end collectgarbage() collectgarbage() print(next(keys))
--- memory that is freed
local before = collectgarbage("count") do local t = {} for i = 1, 1e4 do t[i] = {} end end collectgarbage() print(collectgarbage("count") < before + 200)
--- the collector's modes
collectgarbage("incremental") print(collectgarbage("generational"), collectgarbage("incremental"), collectgarbage("isrunning"), collectgarbage("step"))
--- utf8 of more than 21 bits
print(utf8.char(0x7FFFFFFF):byte(1, -1)) print(utf8.len("\u{7FFFFFFF}", 1, -1, true), utf8.codepoint("\u{200000}", 1, 1, true))
--- tostring of functions by name
print((tostring(print):gsub("0x%x+", "ADDRESS")), (pcall(string.rep)), select(2, pcall(string.rep)))
--- metamethods of integer division by strings
print(pcall(function() return "10" // 3, "7" % "4", -"3", "0x10" * 1, "9223372036854775807" + 1 end))
--- equality of integer and float keys
local t = {} t[1] = "i" t[1.0] = "f" t[2^53] = "big" print(t[1], #t, t[2^53 | 0], next({[3.0] = 1}))
--- goto continue and nested breaks
for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end if i == 3 then break end io.write(i, j, " ") ::continue:: end end print()
--- string coercions keep integers
print("10" + 0, math.type("10" + 0), "10.0" + 0, 10 .. "", 2^31 .. "", -0.0 .. "", "1" < "2")
--- native sizes of packing
print(string.packsize("l"), string.packsize("L"), string.packsize("T"), string.packsize("!T i3"), string.pack("s", "ab"):byte(1, -1)) print(string.unpack("<l T", string.pack("<l T", -2, 3))) print(pcall(string.pack, "T", -1)) print(string.unpack("s s1 z", string.pack("s s1 z", "a", "b", "c")))
--- arguments of os and io that are wrong
print(pcall(function() os.date("%Q") end)) print(pcall(function() os.date({}) end)) print(pcall(function() io.write({}) end)) print(pcall(function() os.time(5) end)) print(pcall(function() os.getenv() end)) print(pcall(function() return os.difftime("x") end))
