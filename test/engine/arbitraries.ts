import fc from "fast-check";
import type { StateValue } from "../../server/src/engine/values/value.ts";

/** Text with what is easily mistaken: other planes, escapes, combining marks, names of prototypes. */
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    "__proto__",
    "constructor",
    "a/b",
    "😀",
    "null",
    "\\ud",
    "1e+21",
    "\u0000\n\u2028",
    "é",
  ),
);

const anyInteger = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -1000n, max: 1000n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n, 2n ** 53n + 1n, 0n),
);

const anyFloat = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.constantFrom(-0, 0, 3, 1e21, 1e-7, 5e-324, Number.MAX_VALUE, 123456789012345680000),
);

/** Any value that can be stored. */
export const anyValue: fc.Arbitrary<StateValue> = fc.letrec<{ value: StateValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small", withCrossShrink: true },
    fc.boolean(),
    anyInteger,
    anyFloat,
    anyText,
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(fc.tuple(anyText, tie("value")), { maxLength: 4 })
      .map((fields): StateValue => new Map(fields)),
  ),
})).value;
