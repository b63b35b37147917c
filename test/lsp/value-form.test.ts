import { expect, it } from "vitest";
import {
  checkValueRequest,
  readRequest,
  valueSchemaRequest,
  writeRequest,
} from "../../shared/src/protocol.ts";
import { useSessions } from "./start.ts";

const start = useSessions();

const SCRIPT = `local id = ...
State.save("user", "profile:" .. id, { name = "Ada", theme = "dark" })
`;

it("gives a value's schema with links to the scripts that save it, and what stands out in an edit", async () => {
  const session = await start({ files: { "chat.lua": SCRIPT }, options: { trusted: true } });
  const store = await session.store();
  await session.indexed();
  const write = (key: string, value: string) =>
    session.ask(writeRequest, { store, namespace: "user", key, value });
  await write("profile:1", '{"name":"Grace","api_key":"sk-1234567890abcdef1234567890"}');
  await write("profile:2", '{"name":"Edsger","lang":"nl"}');

  const name = { store, namespace: "user", key: "profile:2" };
  const { schema } = await session.ask(valueSchemaRequest, name);
  const { properties } = JSON.parse(schema);
  expect(Object.keys(properties).sort()).toEqual(["api_key", "lang", "name", "theme"]);
  expect(properties.theme.markdownDescription).toContain(`(${session.uri("chat.lua")}#L2)`);
  expect(properties.name.examples).toEqual(["Grace"]);
  expect(schema).not.toContain("sk-1234567890");

  const text = '{\n  "name": "Edsger",\n  "theme": 3\n}\n';
  expect(await session.ask(checkValueRequest, { ...name, text })).toEqual([
    {
      range: { start: { line: 2, character: 11 }, end: { line: 2, character: 12 } },
      message: '"theme" is a number here, and a string where chat.lua:2 saves it.',
    },
  ]);
});

it("answers for a key that does not exist, in a folder that is not trusted, and creates nothing", async () => {
  const session = await start({ files: { "chat.lua": SCRIPT }, options: { trusted: false } });
  await session.indexed();
  const name = { store: await session.store(), namespace: "user", key: "profile:9" };
  const { schema } = await session.ask(valueSchemaRequest, name);
  expect(Object.keys(JSON.parse(schema).properties)).toEqual(["name", "theme"]);
});

it("saves what is written as Lua, and says where it is more than a value", async () => {
  const session = await start({ options: { trusted: true } });
  const store = await session.store();
  const name = { store, namespace: "user", key: "profile:1" };
  await session.ask(writeRequest, { ...name, value: '{"tags":[],"n":1}' });
  const value = "return { tags = {}, n = 1.0 } -- as before";
  await session.ask(writeRequest, { ...name, value, format: "lua", ifRevision: 1 });
  expect(await session.ask(readRequest, name)).toMatchObject({
    revision: 2,
    value: '{\n  "tags": [],\n  "n": 1.0\n}',
  });
  const called = session.ask(writeRequest, { ...name, value: "os.time()", format: "lua" });
  const message = expect.stringContaining('line 1, column 1: "os.time()" would have to be run');
  await expect(called).rejects.toMatchObject({ data: { code: "invalid-value", message } });
});
