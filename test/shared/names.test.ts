import { describe, expect, test } from "vitest";
import { checkKey, checkNamespace, quote } from "../../shared/src/names.ts";

describe("namespaces", () => {
  test.each(["a", "user:123", "A-Z_0.9", "a:b:c", "..", "x".repeat(255)])(
    "%.20s is taken",
    (name) => {
      expect(checkNamespace(name)).toBe(name);
    },
  );

  test.each([
    ["", "it is empty"],
    ["a b", 'it contains " "'],
    ["a/b", 'it contains "/"'],
    ["é", 'it contains "é"'],
    ["a\n", 'it contains "\\n"'],
    [":a", "an empty segment"],
    ["a:", "an empty segment"],
    ["a::b", "an empty segment"],
    ["x".repeat(256), "256 bytes long, and 255 are allowed"],
  ])("%.20j is refused", (name, fault) => {
    expect(() => checkNamespace(name)).toThrow(
      expect.objectContaining({
        code: "invalid-namespace",
        message: expect.stringContaining(fault),
      }),
    );
  });
});

describe("keys", () => {
  test.each([
    "a",
    "profile:email",
    "a/b",
    " ",
    "a.b",
    "_x",
    "$x",
    "😀",
    "null",
    "x".repeat(255),
    "é".repeat(127),
  ])("%.20s is taken", (key) => {
    expect(checkKey(key)).toBe(key);
  });

  test("are stored in NFC, and counted so", () => {
    expect(checkKey("e\u0301")).toBe("é");
    expect(checkKey("e\u0301".repeat(127))).toBe("é".repeat(127));
  });

  test.each([
    ["", "it is empty"],
    ["a\0", "a NUL character"],
    ["a\nb", "a line break"],
    ["a\rb", "a line break"],
    ["a..b", 'it contains ".."'],
    ["a\\b", 'it contains "\\\\"'],
    ["a//b", 'it contains "//"'],
    ["__x", 'it starts with "__"'],
    ["$$x", 'it starts with "$$"'],
    ["\ud800", "not valid Unicode"],
    ["é".repeat(128), "256 bytes long, and 255 are allowed"],
    ["x".repeat(256), "256 bytes long, and 255 are allowed"],
  ])("%.20j is refused", (key, fault) => {
    expect(() => checkKey(key)).toThrow(
      expect.objectContaining({ code: "invalid-key", message: expect.stringContaining(fault) }),
    );
  });
});

test("a name in a message is quoted, escaped and short", () => {
  expect(quote('a"\n')).toBe('"a\\"\\n"');
  expect(quote("😀".repeat(100))).toBe(`"${"😀".repeat(79)}…"`);
});
