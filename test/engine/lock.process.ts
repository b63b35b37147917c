/** Holds the write lock of a database until it is killed. */
import { DatabaseSync } from "node:sqlite";

const database = new DatabaseSync(process.argv[2] ?? "");
database.exec("BEGIN IMMEDIATE");
process.send?.("locked");
setInterval(() => database.isOpen, 1000);
