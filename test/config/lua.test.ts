import { expect, it } from "vitest";
import { parseConfiguration } from "../../server/src/config/parse.ts";

const context = { workspaceFolder: "/work", environment: {}, trusted: true };

it.each([
  ["", undefined],
  ["[engines.lua]\nstdlib_level = 'Basic'", { libraries: "basic" }],
  ["[engines.lua]\nstdlib_level = 'all'\nmemory_limit = 'big'\nmax_instructions = -1", undefined],
  [
    "[engines.lua]\nmemory_limit = 8388608\nmax_instructions = 1_000_000",
    { memoryBytes: 8388608, instructions: 1000000 },
  ],
  [
    "[engines.lua]\nmemory_limit = 8388608\n[runtime.security]\nmax_memory_bytes = 4194304\nmax_execution_time_ms = 500",
    { memoryBytes: 4194304, timeMs: 500 },
  ],
  ["[runtime.security]\nmax_memory_bytes = 0\nallow_file_access = true", undefined],
  ["engines = 5\n[runtime]\nsecurity = [1]", undefined],
])("limits of scripts in %j", (text, expected) => {
  const { configuration, problems } = parseConfiguration(text, "/work/llmspell.toml", context);
  expect(problems).toEqual([]);
  expect(configuration?.lua).toEqual(expected);
});
