// The floors of the house (ARCHITECTURE.md, "Floors"): a file imports only from its own room or from a floor below.
const room = (name) => `^server/src/${name}/`;
const floor3 =
  "^server/src/(main|server|engine-worker|scripts-worker)\\.ts$|^server/src/(handlers|cli)/";

module.exports = {
  forbidden: [
    {
      name: "shared-is-the-ground",
      severity: "error",
      comment: "shared/ is what both sides agree on; it knows neither of them and uses no package.",
      from: { path: "^shared/" },
      to: { pathNot: "^shared/" },
    },
    {
      name: "engine-knows-no-other-room",
      severity: "error",
      comment:
        "engine/ has never heard of LSP, URIs, Lua or VS Code: it may import shared/ and nothing else of ours.",
      from: { path: room("engine") },
      to: { path: "^(server|client)/", pathNot: room("engine") },
    },
    {
      name: "language-knows-no-other-room",
      severity: "error",
      comment:
        "language/ has never heard of stored data: it may import shared/ and nothing else of ours.",
      from: { path: room("language") },
      to: { path: "^(server|client)/", pathNot: room("language") },
    },
    {
      name: "config-knows-no-other-room",
      severity: "error",
      comment:
        "config/ turns llmspell.toml into typed data: it may import shared/ and nothing else of ours.",
      from: { path: room("config") },
      to: { path: "^(server|client)/", pathNot: room("config") },
    },
    {
      name: "service-is-pure",
      severity: "error",
      comment:
        "service/ opens no connection and does no I/O: no doors, no runner, no workspace, no node modules.",
      from: { path: room("service") },
      to: {
        path: "^(server|client)/|^node:|^(fs|path|net|http|child_process|worker_threads|sqlite)$|vscode-languageserver",
        pathNot: "^server/src/(service|language|config|engine)/",
      },
    },
    {
      name: "service-reads-only-types-and-views-of-the-engine",
      severity: "error",
      comment:
        "service/ sees the engine through its types, its read views and its value codec; never a store.",
      from: { path: room("service") },
      to: {
        path: room("engine"),
        pathNot: "^server/src/engine/(types|view)\\.ts$|^server/src/engine/values/",
      },
    },
    {
      name: "runner-keeps-to-its-floor",
      severity: "error",
      comment:
        "runner/ may import engine/, language/, config/ and shared/; not service/, workspace/ or a door.",
      from: { path: room("runner") },
      to: { path: "^(server|client)/", pathNot: "^server/src/(runner|engine|language|config)/" },
    },
    {
      name: "workspace-keeps-to-its-floor",
      severity: "error",
      comment:
        "workspace/ may import engine/, language/, config/ and shared/; not service/, runner/ or a door.",
      from: { path: room("workspace") },
      to: { path: "^(server|client)/", pathNot: "^server/src/(workspace|engine|language|config)/" },
    },
    {
      name: "no-door-below-the-doors",
      severity: "error",
      comment:
        "Handlers, the CLI, main.ts and server.ts are the doors; nothing below them may know them.",
      from: { path: "^server/src/(engine|language|config|service|runner|workspace)/|^shared/" },
      to: { path: floor3 },
    },
    {
      name: "long-work-happens-in-workers",
      severity: "error",
      comment:
        "The server's own thread answers while somebody types: what takes time in proportion to the store is asked of the engine's workers.",
      from: { path: room("handlers") },
      to: {
        path: "^server/src/engine/(backup|transfer|overview|sqlite|postgres|memory)/|^server/src/engine/(open|parts)\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "handlers-and-cli-are-separate-doors",
      severity: "error",
      comment: "Two doors to the same rooms: what both need belongs in a room below.",
      from: { path: room("handlers") },
      to: { path: room("cli") },
    },
    {
      name: "cli-knows-no-editor",
      severity: "error",
      comment: "The command line works without an editor: no handlers, no LSP.",
      from: { path: room("cli") },
      to: { path: "^server/src/handlers/|vscode-languageserver" },
    },
    {
      name: "client-talks-over-the-wire",
      severity: "error",
      comment:
        "client/ reaches the server through LSP only; of our code it may import shared/ alone.",
      from: { path: "^client/" },
      to: { path: "^server/" },
    },
    {
      name: "only-the-client-knows-vscode",
      severity: "error",
      comment: "Everything that imports `vscode` lives in client/.",
      from: { pathNot: "^(client|test)/" },
      to: { path: "^vscode$|vscode-languageclient" },
    },
    {
      name: "no-circular",
      severity: "error",
      comment: "Two files that need each other are one idea.",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-test-code-in-the-product",
      severity: "error",
      comment: "The product never imports its tests, benches or scripts.",
      from: { path: "^(client|server|shared)/" },
      to: { path: "^(test|bench|scripts)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".mjs", ".cjs", ".js", ".json"],
      conditionNames: ["node", "import", "require", "types"],
    },
  },
};
