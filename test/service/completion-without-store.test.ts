import { expect, it } from "vitest";
import { complete } from "../../server/src/service/completion/complete.ts";
import { StateError } from "../../shared/src/errors.ts";
import { configuration } from "./support/configuration.ts";
import { fixture } from "./support/cursor.ts";
import { viewOf } from "./support/view.ts";

it("offers the keys that the script names where the store cannot be read", async () => {
  const refuse = async () => {
    throw new StateError("store-damaged", "The store is damaged.", "Restore a backup.");
  };
  const { items } = await complete({
    ...fixture('State.save("user", "theme", 1) State.load("user", "‸")'),
    configuration: configuration(),
    view: { ...viewOf({}), entry: refuse, namespace: refuse, namespaces: refuse, page: refuse },
  });
  expect(items.map(({ label }) => label)).toContain("theme");
});
