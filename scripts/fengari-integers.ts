/**
 * An esbuild plugin that mends fengari while it is bundled. Its integers have 32 bits, so that
 * `os.time() * 1000` is a wrong number and nobody is told; here they become exact to 53 bits and raise
 * beyond. Each edit must match exactly as often as it says, so a changed fengari fails the build
 * instead of shipping half mended.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Plugin } from "esbuild";

const root = join(import.meta.dirname, "..");

/** The version that the edits were written against. */
const FENGARI = "0.1.5";

interface Edit {
  readonly from: string;
  readonly to: string;
  /** How often `from` occurs; all are replaced. */
  readonly times?: number;
}

const numbers = 'const numbers = require("llmspell-numbers");';
const strict = '"use strict";\n';
const imports: Edit = { from: strict, to: `${strict}${numbers}\n` };
const sixtyFour = "9007199254740991";

const binary = (name: string, sign: string): readonly Edit[] => [
  {
    from: `L.stack[ra].setivalue(numberop1 ${sign} numberop2);`,
    to: `L.stack[ra].setivalue(checkint(L, numbers.${name}(numberop1, numberop2)));`,
  },
];

const stringArithmetic = (
  [
    ["numberop1 + numberop2", 0],
    ["numberop1 - numberop2", 1],
    ["numberop1 * numberop2", 2],
    ["luai_nummod(L, numberop1, numberop2)", 3],
    ["Math.floor(numberop1 / numberop2)", 6],
  ] as const
).map(([operation, opcode]): Edit => {
  const float = `                } else if ((numberop1 = tonumber(op1)) !== false && (numberop2 = tonumber(op2)) !== false) {
                    L.stack[ra].setfltvalue(${operation});`;
  return {
    from: float,
    to: `                } else if (strarith(L, ${opcode}, op1, op2, L.stack[ra])) {
                    break;
${float}`,
  };
});

const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  "luaconf.js": [
    imports,
    { from: "const LUA_MAXINTEGER = 2147483647;", to: `const LUA_MAXINTEGER = ${sixtyFour};` },
    { from: "const LUA_MININTEGER = -2147483648;", to: `const LUA_MININTEGER = -${sixtyFour};` },
    {
      from: "return n >= LUA_MININTEGER && n < -LUA_MININTEGER ? n : false;",
      to: "return Number.isSafeInteger(n) ? n + 0 : false;",
    },
    {
      from: "return String(Number(n.toPrecision(14))); /* should match behaviour of LUA_NUMBER_FMT */",
      to: "return numbers.printFloat(n);",
    },
    // Frames are objects here: the million slots of C Lua would take half a gigabyte.
    { from: "conf.LUAI_MAXSTACK || 1000000", to: "conf.LUAI_MAXSTACK || 400000" },
    // What a script does must not depend on an environment variable of whoever started the editor.
    {
      from: "(process.env.FENGARICONF ? JSON.parse(process.env.FENGARICONF) : {})",
      to: "{}",
    },
  ],
  // defs.js and luaconf.js need each other, and only this order works; fengari's own entry has it.
  "lauxlib.js": [{ from: strict, to: `${strict}require("./defs.js");\n` }],
  "lapi.js": [
    {
      from: 'fengari_argcheck(typeof n === "number" && (n|0) === n);',
      to: 'fengari_argcheck(typeof n === "number" && Number.isInteger(n));',
    },
    {
      from: "L.stack[L.top] = new TValue(LUA_TNUMINT, n);",
      to: "L.stack[L.top] = new TValue(LUA_TNUMINT, lvm.checkint(L, n));",
      times: 3,
    },
    {
      from: "    let sz = lobject.luaO_str2num(s, tv);\n",
      to: "    let sz = lobject.luaO_str2num(s, tv, L);\n",
    },
  ],
  "ltable.js": [
    {
      from: 'lua_assert(typeof key == "number" && (key|0) === key);',
      to: "lua_assert(Number.isInteger(key));",
    },
    {
      from: 'lua_assert(typeof key == "number" && (key|0) === key && value instanceof lobject.TValue);',
      to: "lua_assert(Number.isInteger(key) && value instanceof lobject.TValue);",
    },
    { from: "(kv|0) === kv", to: "Number.isSafeInteger(kv)" },
    { from: "new lobject.TValue(LUA_TNUMINT, kv)", to: "new lobject.TValue(LUA_TNUMINT, kv + 0)" },
  ],
  "lstring.js": [
    // Two bytes below 16 and one above could have the same hash: "\1\35" and "\18\3" were one key,
    // and a line break sorted behind a letter.
    {
      from: "        s += str[i].toString(16);",
      to: "        s += String.fromCharCode(str[i]);",
    },
  ],
  "lvm.js": [
    imports,
    {
      from: "const luaV_execute = function(L) {",
      to: `const intoverflow = function(L, n) {
    if (L === null) throw new RangeError("integer overflow");
    ldebug.luaG_runerror(L, to_luastring("integer overflow (integers are exact up to 2^53 in this Lua runtime)", true));
};

const checkint = function(L, n) {
    return n <= LUA_MAXINTEGER && n >= LUA_MININTEGER ? n : intoverflow(L, n);
};

/* An operation on numerals in strings: integers stay integers, as in Lua 5.4. */
const strarith = function(L, op, p1, p2, res) {
    if (!p1.ttisstring() && !p2.ttisstring()) return false;
    let v1 = numeral(p1), v2 = numeral(p2);
    if (v1 === null || v2 === null) return false;
    lobject.luaO_arith(L, op, v1, v2, res);
    return true;
};

const numeral = function(o) {
    if (o.ttisnumber()) return o;
    if (!o.ttisstring()) return null;
    let v = new lobject.TValue();
    return lobject.luaO_str2num(o.svalue(), v) === o.vslen() + 1 ? v : null;
};

const luaV_execute = function(L) {`,
    },
    ...stringArithmetic,
    {
      from: `                } else if ((numberop = tonumber(op)) !== false) {
                    L.stack[ra].setfltvalue(-numberop);`,
      to: `                } else if (strarith(L, 12, op, op, L.stack[ra])) {
                    break;
                } else if ((numberop = tonumber(op)) !== false) {
                    L.stack[ra].setfltvalue(-numberop);`,
    },
    // Only the count hook is used: a call of a function per instruction is a third of the time.
    {
      from: `        if (L.hookmask & (LUA_MASKLINE | LUA_MASKCOUNT)) {
            ldebug.luaG_traceexec(L);
        }`,
      to: `        if (--L.hookcount <= 0 && L.hookmask !== 0) {
            ldebug.luaG_traceexec(L);
        }`,
    },
    // A list is filled from its first item on, so that pairs() goes through it in that order.
    {
      from: `                for (; n > 0; n--) {
                    ltable.luaH_setint(h, last--, L.stack[ra + n]);
                }`,
      to: `                last -= n;
                for (let item = 1; item <= n; item++) {
                    ltable.luaH_setint(h, last + item, L.stack[ra + item]);
                }`,
    },
    // Lua 5.4 refuses what would never end.
    {
      from: "                let forlim;\n",
      to: `                let forlim;
                if (pstep.ttisnumber() && pstep.value === 0)
                    ldebug.luaG_runerror(L, to_luastring("'for' step is zero", true));
`,
    },
    { from: "(op1.value + op2.value)|0", to: "checkint(L, op1.value + op2.value)" },
    { from: "(op1.value - op2.value)|0", to: "checkint(L, op1.value - op2.value)" },
    {
      from: "luaV_imul(op1.value, op2.value)",
      to: "checkint(L, op1.value * op2.value) + 0",
    },
    ...binary("and", "&"),
    ...binary("or", "|"),
    ...binary("xor", "^"),
    {
      from: "luaV_shiftl(numberop1, numberop2)",
      to: "checkint(L, numbers.shift(numberop1, numberop2))",
    },
    {
      from: "luaV_shiftl(numberop1, -numberop2)",
      to: "checkint(L, numbers.shift(numberop1, -numberop2))",
    },
    { from: "(-op.value)|0", to: "0 - op.value" },
    // fengari gives a float operand of ~ to a metamethod; Lua converts it.
    {
      from: `                if (op.ttisinteger()) {
                    L.stack[ra].setivalue(~op.value);`,
      to: `                let bits = tointeger(op);
                if (bits !== false) {
                    L.stack[ra].setivalue(checkint(L, -1 - bits));`,
    },
    { from: "let idx = (L.stack[ra].value + step)|0;", to: "let idx = L.stack[ra].value + step;" },
    { from: "init.value = (initv - pstep.value)|0;", to: "init.value = initv - pstep.value;" },
    { from: "return Math.floor(m / n)|0;", to: "return numbers.div(m, n);" },
    { from: "return (m - Math.floor(m / n) * n)|0;", to: "return numbers.mod(m, n);" },
    {
      from: "module.exports.luaV_imul        = luaV_imul;",
      to: "module.exports.checkint         = checkint;\nmodule.exports.intoverflow      = intoverflow;",
    },
  ],
  "lobject.js": [
    imports,
    // The path of a script is shown whole, so that it can be found again.
    { from: "if (l <= bufflen) {  /* small enough? */", to: "{" },
    {
      from: `        } else {  /* add '...' before rest of name */
            out = new Uint8Array(bufflen);
            out.set(RETS);
            bufflen -= RETS.length;
            out.set(source.subarray(l - bufflen), RETS.length);
        }`,
      to: "        }",
    },
    { from: "return (v1 + v2)|0;", to: "return lvm.checkint(L, v1 + v2);" },
    { from: "return (v1 - v2)|0;", to: "return lvm.checkint(L, v1 - v2);" },
    { from: "return lvm.luaV_imul(v1, v2);", to: "return lvm.checkint(L, v1 * v2) + 0;" },
    { from: "return (v1 & v2);", to: "return lvm.checkint(L, numbers.and(v1, v2));" },
    { from: "return (v1 | v2);", to: "return lvm.checkint(L, numbers.or(v1, v2));" },
    { from: "return (v1 ^ v2);", to: "return lvm.checkint(L, numbers.xor(v1, v2));" },
    {
      from: "return lvm.luaV_shiftl(v1, v2);",
      to: "return lvm.checkint(L, numbers.shift(v1, v2));",
    },
    {
      from: "return lvm.luaV_shiftl(v1, -v2);",
      to: "return lvm.checkint(L, numbers.shift(v1, -v2));",
    },
    { from: "return (0 - v1)|0;", to: "return 0 - v1;" },
    { from: "return (~0 ^ v1);", to: "return lvm.checkint(L, -1 - v1);" },
    // An integer numeral that 53 bits do not hold is refused: as a float it would be another number.
    {
      from: `const luaO_str2num = function(s, o) {
    let s2i = l_str2int(s);`,
      to: `const luaO_str2num = function(s, o, L) {
    let end = luastring_indexOf(s, 0);
    let text = s.length > 1000 ? "" : String.fromCharCode(...(end < 0 ? s : s.subarray(0, end)));
    let n = numbers.readInteger(text);
    if (n !== undefined && !Number.isSafeInteger(n)) {
        if (L) lvm.intoverflow(L, n);
        return 0;
    }
    let s2i = n === undefined ? null : { n: n, i: end < 0 ? s.length : end };`,
    },
  ],
  "lcode.js": [
    {
      from: "const luaK_storevar = function(fs, vr, ex) {\n    let ek = lparser.expkind;",
      to: `const checkwritable = function(fs, variable, name) {
    if (variable.readonly !== true) return;
    fs.ls.t.token = 0;
    llex.luaX_syntaxerror(fs.ls, lobject.luaO_pushfstring(fs.ls.L,
        to_luastring("attempt to assign to const variable '%s'", true), name.getstr()));
};

const luaK_storevar = function(fs, vr, ex) {
    let ek = lparser.expkind;
    if (vr.k === ek.VLOCAL) {
        let local = fs.f.locvars[fs.ls.dyd.actvar.arr[fs.firstlocal + vr.u.info].idx];
        checkwritable(fs, local, local.varname);
    } else if (vr.k === ek.VUPVAL)
        checkwritable(fs, fs.f.upvalues[vr.u.info], fs.f.upvalues[vr.u.info].name);`,
    },
    {
      from: "    lobject.luaO_arith(null, op, v1, v2, res);  /* does operation */",
      to: "    try { lobject.luaO_arith(null, op, v1, v2, res); } catch { return 0; }  /* raises when it runs */",
    },
  ],
  // `local x <const>` of Lua 5.4.
  "lparser.js": [
    {
      from: `        new_localvar(ls, str_checkname(ls));
        nvars++;
    } while`,
      to: `        new_localvar(ls, str_checkname(ls));
        nvars++;
        if (testnext(ls, 60 /* ('<').charCodeAt(0) */)) {
            let attribute = str_checkname(ls).getstr();
            checknext(ls, 62 /* ('>').charCodeAt(0) */);
            let name = String.fromCharCode(...attribute);
            if (name !== "const") {
                ls.t.token = 0;
                llex.luaX_syntaxerror(ls, to_luastring(name === "close"
                    ? "the attribute <close> needs Lua 5.4, and this runtime is Lua 5.3"
                    : "unknown attribute '" + name + "'"));
            }
            let locvars = ls.fs.f.locvars;
            locvars[ls.dyd.actvar.arr[ls.dyd.actvar.n - 1].idx].readonly = true;
        }
    } while`,
    },
    {
      from: "        idx: v.u.info,\n        name: name\n",
      to: `        idx: v.u.info,
        name: name,
        readonly: fs.prev !== null && (v.k === expkind.VLOCAL
            ? getlocvar(fs.prev, v.u.info)
            : fs.prev.f.upvalues[v.u.info]).readonly === true
`,
    },
  ],
  "lbaselib.js": [
    imports,
    {
      from: `    let r = /^[\\t\\v\\f \\n\\r]*([+-]?)0*([0-9A-Za-z]+)[\\t\\v\\f \\n\\r]*$/.exec(s);
    if (!r) return null;
    let v = parseInt(r[1]+r[2], base);
    if (isNaN(v)) return null;
    return v|0;`,
      to: `    let v = numbers.readInBase(s, base);
    return v === undefined ? null : v;`,
    },
  ],
  "ldebug.js": [
    {
      from: "let counthook = (--L.hookcount === 0 && (mask & LUA_MASKCOUNT));",
      to: "let counthook = L.hookcount <= 0 && (mask & LUA_MASKCOUNT);",
    },
  ],
  "lmathlib.js": [
    { from: "if (n < 0) n = (-n)|0;", to: "if (n < 0) n = -n;" },
    {
      from: "lua_pushinteger(L, (lua_tointeger(L, 1) % d)|0);",
      to: "lua_pushinteger(L, (lua_tointeger(L, 1) % d) + 0);",
    },
    // floor, ceil and modf give an integer wherever Lua's 64 bits hold it.
    {
      from: `    if (n !== false)  /* does 'd' fit in an integer? */
        lua_pushinteger(L, n);  /* result is integer */`,
      to: `    if (n !== false || (d >= -9223372036854775808 && d < 9223372036854775808))
        lua_pushinteger(L, n === false ? d : n);  /* raises when 53 bits do not hold it */`,
    },
  ],
  "ltablib.js": [
    { from: "const lualib = require('./lualib.js');", to: "const lualib = { lua_assert() {} };" },
  ],
  "lstrlib.js": [
    imports,
    // Strings live outside of the heap that is bounded: no single one may take all memory.
    { from: "const MAXSIZE = 2147483647;", to: "const MAXSIZE = 268435456;" },
    // rep copies what it has, twice as much each time, instead of one piece after the other.
    {
      from: `        let pi = 0;
        while (n-- > 1) {  /* first n-1 copies (followed by separator) */
            p.set(s, pi);
            pi += l;
            if (lsep > 0) {  /* empty 'memcpy' is not that cheap */
                p.set(sep, pi);
                pi += lsep;
            }
        }
        p.set(s, pi);  /* last copy (not followed by separator) */
`,
      to: `        p.set(s, 0);
        if (n > 1) p.set(sep, l);
        for (let done = l + lsep; done < totallen; done *= 2)
            p.copyWithin(done, 0, Math.min(done, totallen - done));
`,
    },
    // The way to fengari's io, os, package and debug libraries, which scripts must not have.
    { from: "const lualib = require('./lualib.js');", to: "const lualib = { lua_assert() {} };" },
    {
      from: "luaL_addstring(b, to_luastring(sprintf(String.fromCharCode(...form), n)));",
      to: "luaL_addstring(b, to_luastring(numbers.printNumber(String.fromCharCode(...form), n)));",
      times: 2,
    },
    {
      from: "luaL_addstring(b, lua_number2strx(L, form, luaL_checknumber(L, arg)));",
      to: "luaL_addstring(b, to_luastring(numbers.printNumber(String.fromCharCode(...form), luaL_checknumber(L, arg))));",
    },
    {
      from: `buff = lua_number2strx(L, to_luastring(\`%\${LUA_INTEGER_FRMLEN}a\`), n);
                checkdp(buff);  /* ensure it uses a dot */`,
      to: "buff = to_luastring(n === Infinity ? '1e9999' : n === -Infinity ? '-1e9999' : n !== n ? '(0/0)' : numbers.printNumber('%a', n));",
    },
    { from: "invalid option '%%%c' to 'format'", to: "invalid conversion '%%%c' to 'format'" },
    { from: "(missing arguments to '%%b'\"", to: "(missing arguments to '%%b')\"" },
    { from: "buff = to_luastring(sprintf(format, n));", to: "buff = to_luastring(String(n));" },
    { from: "const SZINT = 4;", to: "const SZINT = 8;" },
    ...["l", "L", "j", "J", "T"].map((letter): Edit => {
      const code = letter.charCodeAt(0);
      const pad = code < 100 ? " " : "";
      return {
        from: `case ${code} ${pad}/*'${letter}'*/: r.size = 4;`,
        to: `case ${code} ${pad}/*'${letter}'*/: r.size = 8;`,
      };
    }),
    {
      from: "r.size = getnumlimit(h, fmt, 4); r.opt = Kstring;",
      to: "r.size = getnumlimit(h, fmt, 8); r.opt = Kstring;",
    },
    { from: "let lim = 1 << (size * 8) - 1;", to: "let lim = 2 ** (size * 8 - 1);" },
    {
      from: "luaL_argcheck(L, (n>>>0) < (1 << (size * NB)), arg,",
      to: "luaL_argcheck(L, n >= 0 && n < 2 ** (size * NB), arg,",
    },
    {
      from: "packint(b, n>>>0, h.islittle, size, false);",
      to: "packint(b, n, h.islittle, size, false);",
    },
    { from: "len < (1 << (size * NB)),", to: "len < 2 ** (size * NB)," },
    {
      from: `    buff[islittle ? 0 : size - 1] = n & MC;  /* first byte */
    for (let i = 1; i < size; i++) {
        n >>= NB;
        buff[islittle ? i : size - 1 - i] = n & MC;
    }
    if (neg && size > SZINT) {  /* negative number need sign extension? */
        for (let i = SZINT; i < size; i++)  /* correct extra bytes */
            buff[islittle ? i : size - 1 - i] = MC;
    }`,
      to: "    buff.set(numbers.packInteger(n, size, islittle));",
    },
    {
      from: "    let res = 0;\n    let limit = size <= SZINT ? size : SZINT;",
      to: `    let whole = numbers.unpackInteger(str, size, islittle, issigned);
    if (whole === undefined)
        luaL_error(L, to_luastring("%d-byte integer does not fit into Lua Integer"), size);
    return whole;
    let res = 0;
    let limit = size <= SZINT ? size : SZINT;`,
    },
  ],
  "ldo.js": [
    // Bytecode can do what no source can; there is no way to load any.
    {
      from: "        cl = lundump.luaU_undump(L, p.z, p.name);",
      to: '        ldebug.luaG_runerror(L, to_luastring("attempt to load a binary chunk (only text is allowed)", true));',
    },
  ],
};

/** fengari's source with the edits of that file. @throws when one does not match as it should */
function mend(file: string, source: string): string {
  let text = source.replaceAll("\r\n", "\n");
  for (const { from, to, times = 1 } of EDITS[file] ?? []) {
    const found = text.split(from).length - 1;
    if (found !== times) {
      throw new Error(
        `fengari/src/${file}: an edit of scripts/fengari-integers.ts should match ${times} time(s) and matches ${found}: ${from}`,
      );
    }
    text = text.replaceAll(from, () => to);
  }
  return text;
}

/** The plugin: give it to every build that bundles `server/src/runner/worker.ts`. */
export function fengariIntegers(): Plugin {
  return {
    name: "fengari-integers",
    setup(build) {
      const mended = new Set<string>();
      build.onStart(() => {
        mended.clear();
      });
      build.onResolve({ filter: /^llmspell-numbers$/ }, () => ({
        path: join(root, "server/src/runner/fengari/numbers.ts"),
      }));
      build.onLoad({ filter: /[\\/]fengari[\\/]src[\\/][^\\/]+\.js$/ }, ({ path }) => {
        const { version } = JSON.parse(readFileSync(join(path, "../../package.json"), "utf8"));
        if (version !== FENGARI) {
          throw new Error(
            `The edits of scripts/fengari-integers.ts are for fengari ${FENGARI}, not ${version}.`,
          );
        }
        mended.add(basename(path));
        return { contents: mend(basename(path), readFileSync(path, "utf8")), loader: "js" };
      });
      build.onEnd(({ errors }) => {
        const missed = Object.keys(EDITS).filter((file) => !mended.has(file));
        if (errors.length === 0 && missed.length > 0) {
          return {
            errors: [{ text: `fengari's ${missed.join(", ")} was not bundled, so not mended.` }],
          };
        }
        return undefined;
      });
    },
  };
}
