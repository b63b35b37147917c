--- sub
print(("hello"):sub(2, 4), ("hello"):sub(-3), ("hello"):sub(2), ("hello"):sub(0), ("hello"):sub(10), ("hello"):sub(-100, 2), ("hello"):sub(4, 2), ("hello"):sub(-3, -2))
--- byte and char
print(("ABC"):byte(), ("ABC"):byte(1, 3), ("ABC"):byte(-1), ("ABC"):byte(10), string.char(72, 105), string.char())
--- case, reverse, len, rep
print(("MiXed"):upper(), ("MiXed"):lower(), ("abc"):reverse(), ("abc"):len(), ("ab"):rep(3, "-"), ("x"):rep(0), ("x"):rep(-1))
--- find
print(("hello world"):find("wor"), ("hello"):find("l"), ("hello"):find("xyz"), ("a.b"):find(".", 1, true), ("a.b"):find("%."), ("hello"):find(""), ("hello"):find("", 10), ("hello"):find("l", -2))
--- find with captures
print(("key = value"):find("(%w+)%s*=%s*(%w+)")) print(("abc"):find("b()"))
--- match
print(("2024-01-15"):match("(%d+)-(%d+)-(%d+)")) print(("hello"):match(".-l")) print(("  trim  "):match("^%s*(.-)%s*$") .. "|") print(("abc"):match("z"), ("abc"):match("()b()"))
--- gmatch
for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do io.write(k, v, ";") end for w in ("one two"):gmatch("%a+") do io.write(w, "|") end print() for p in ("abc"):gmatch("()") do io.write(p, " ") end print()
--- gmatch with empty matches
for s in ("abc"):gmatch("%d*") do io.write("[", s, "]") end print()
--- gsub
print(("hello"):gsub("l", "L")) print(("hello"):gsub("l", "L", 1)) print(("abc"):gsub("%w", "%0%0")) print(("hello world"):gsub("(%w+) (%w+)", "%2 %1")) print(("abc"):gsub("", "-"))
--- gsub with a function and a table
print(("abc"):gsub("%w", function(c) return c:upper() .. "." end)) print(("$name is $age"):gsub("%$(%w+)", {name = "Bob", age = 42})) print(("abc"):gsub("b", function() return nil end)) print(("abc"):gsub("b", false and {} or {b = false}))
--- gsub refusals
print(pcall(string.gsub, "abc", "b", function() return {} end)) print(pcall(string.gsub, "abc", "(", "x")) print(pcall(string.gsub, "abc", "b", "%2"))
--- character classes
print(("a1 B_%\t"):gsub("%a", "A"), ("a1 B"):gsub("%d", "D"), ("a b\tc"):gsub("%s", "_"), ("a,b;c"):gsub("%p", ""), ("aXbY"):gsub("%u", ""), ("aXbY"):gsub("%l", ""), ("a-1"):gsub("%W", "."), ("xyz0F"):gsub("%x", "."))
--- sets and ranges
print(("hello-world_1"):gsub("[%w_]", "x"), ("abc"):gsub("[^b]", "."), ("a]b"):gsub("[]]", "."), ("a-b"):gsub("[a%-]", "."), ("a^b"):gsub("[%^]", "."))
--- quantifiers
print(("aaa"):match("a-"), ("aaa"):match("a-$"), ("aaab"):match("a*b"), ("b"):match("a*b"), ("color colour"):gsub("colou?r", "C"))
--- anchors
print(("hello"):match("^h"), ("hello"):match("^e"), ("hello"):match("o$"), ("a$"):match("a$"), ("hello"):gsub("^h", "j"))
--- balanced and frontier
print(("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):find("%f[%a]%a+%f[%A]"), ("hello world"):gsub("%f[%w]%w", string.upper))
--- back references
print(("abcabc"):match("(abc)%1"), ('"quoted" text'):match("([\"'])(.-)%1"))
--- format of integers
print(("%d|%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%i|%3d"):format(42, 42, 42, 42, 42, 42, 255, 255, 255, 8, 7, 12345))
--- format of large and negative integers
print(("%d %x %X %d"):format(1700000000000, 0xFFFFFFFFFF, -1, -1700000000000), ("%5.3d|%.0d|%+.4d"):format(7, 0, 12))
--- format of floats
print(("%f|%.2f|%10.3f|%-10.1f|%010.2f|%+.1f|%.0f|%5.1f"):format(3.14159, 3.14159, 3.14159, 3.14159, 3.14159, 3.14159, 2.5, -0.05))
--- format with exponents
print(("%e|%.2e|%E|%.0e|%e|%12.3e"):format(12345.678, 12345.678, 0.00012, 5, 0, -1e100))
--- format general
print(("%g|%g|%g|%g|%g|%.3g|%g|%g|%#g|%G"):format(100000, 1000000, 1e20, 0.0001, 0.00001, 1234.5, 0.1, 100, 1, 1e-10))
--- format of infinities
print(("%f %g %.1f %d"):format(math.huge, -math.huge, 1e300, 3.0), ("%5.1f|%-8g|%08.2f"):format(math.huge, -math.huge, -1.5))
--- format hexadecimal floats
print(("%a %a %a %.2a %A"):format(1, 0.5, -3.75, 1/3, 255.5))
--- format of strings
print(("%s|%10s|%-10s|%.2s|%s|%s|%s|%5s"):format("abc", "abc", "abc", "abc", nil, true, 12, {} and "t"))
--- format of quoted values
print(("%q"):format('a "quoted"\nline\0end\\')) print(("%q %q %q"):format(10, true, nil)) print(("%q"):format(1/3)) print(("%q"):format(math.huge))
--- format of characters and percent
print(("%c%c%c %%"):format(76, 117, 97))
--- format refusals
print(pcall(string.format, "%d", 1.5)) print(pcall(string.format, "%d", "x")) print(pcall(string.format, "%y", 1)) print(pcall(string.format, "%s")) print(pcall(string.format, "%d", nil))
--- format coerces text
print(("%d %s %.1f"):format("10", 5, "2.25"))
--- tonumber
print(tonumber("10"), tonumber("10.0"), tonumber(" 5 "), tonumber("0x1F"), tonumber("1e2"), tonumber(""), tonumber("abc"), tonumber("5x"), tonumber("0x"), tonumber("1e"), tonumber("."), tonumber("inf"), tonumber("nan"))
--- tonumber with a base
print(tonumber("ff", 16), tonumber("777", 8), tonumber("1010", 2), tonumber("zz", 36), tonumber("8", 8), tonumber("12z", 10), tonumber("-ff", 16), tonumber(" 11 ", 2), tonumber("7fffffffff", 16))
--- tonumber refusals
print(pcall(tonumber)) print(pcall(tonumber, 10, 16)) print(pcall(tonumber, "1", 99)) print(tonumber(nil), tonumber({}), tonumber(true))
--- tonumber of large text
print(tonumber("1700000000000"), tonumber("4294967296"), tonumber("-4294967297"), tonumber("1e400"), tonumber("123456789012345678901234567890"))
--- tostring
print(tostring(nil), tostring(true), tostring(12), tostring(1.5), tostring("s"), tostring(-0.0), tostring(1e100))
--- math.tointeger
print(math.tointeger(3.0), math.tointeger(3.5), math.tointeger(2^40), math.tointeger("x" == nil))
--- comparison sorts bytes
local t = {"b", "B", "a", "10", "9", "", "é", "z", "\t", "_"} table.sort(t) print(table.concat(t, "|"))
--- concatenation of many parts
local s = "" for i = 1, 100 do s = s .. i .. "," end print(#s, s:sub(-8))
--- embedded zeros
local s = "a\0b" print(#s, s:byte(2), s == "a\0b", s:find("b"), ("a\0b\0"):gsub("%z", "0"), ("%s"):format(s) == s)
--- utf8 library
print(utf8.char(72, 228, 8364, 128512), utf8.len("häß€"), utf8.codepoint("€", 1), #utf8.char(0x10FFFF)) for p, c in utf8.codes("aé€") do io.write(p, ":", c, " ") end print()
--- utf8 offsets and refusals
print(utf8.offset("aé€", 3), utf8.offset("aé€", -1), utf8.len("\xff"), utf8.len("abc", 4), pcall(utf8.codepoint, "\xff")) print(utf8.charpattern == "[\0-\x7F\xC2-\xFD][\x80-\xBF]*")
--- pack and unpack
print(string.pack("<i4", 100):byte(1, -1)) print(string.unpack("<i4", string.pack("<i4", -2))) print(string.packsize("<i4i8"), string.unpack("z", "abc\0rest")) print(string.unpack("<d", string.pack("<d", 1.5))) print(string.unpack("s1", string.pack("s1", "hey")))
--- pack of large integers
print(string.unpack("<i8", string.pack("<i8", 1700000000000))) print(string.unpack(">I6", string.pack(">I6", 2^40 | 0))) print(string.unpack("<i8", string.pack("<i8", -5))) print(string.packsize("j"), string.packsize("T"), string.packsize("n"))
--- pack refusals
print(pcall(string.pack, "i1", 200)) print(pcall(string.pack, "I1", -1)) print(pcall(string.unpack, "i4", "abc")) print(pcall(string.pack, "i17", 1))
--- rep of too much
print(pcall(string.rep, "x", 1 << 40))
--- splitting on commas
local out = {} for part in ("a,b,,c"):gmatch("([^,]*)") do out[#out + 1] = "<" .. part .. ">" end print(table.concat(out))
--- JSON-like escaping
print((('line\n"q"\\'):gsub('[%c"\\]', function(c) return ("\\u%04x"):format(c:byte()) end)))
--- url encoding
print((("a b&c=d/é"):gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)))
--- thousands separators
local s = tostring(1234567890) print((s:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")))
--- patterns that do not end
print(pcall(string.find, "a", "[a")) print(pcall(string.find, "a", "%")) print(pcall(string.rep)) print(pcall(string.find, "a", "%b"))
--- string methods on numbers
print((5):type() == nil)
--- arithmetic on strings gives numbers
print(math.type("10" + 0), math.type("10" * 1.0), math.type("0x10" + 0), "10" + 1, "1.5" + 1)
--- string indexing
print(("abc").len, ("abc").x, #("abc")) print(pcall(function() return ("abc").x.y end))
--- rep in all lengths
for _, s in ipairs({"", "a", "ab", "abc"}) do for _, sep in ipairs({"", "-", "--"}) do for n = 0, 6 do io.write("[", s:rep(n, sep), "]") end end end print()
