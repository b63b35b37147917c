/** Writes in docs/runner.md how far each runtime agrees with Lua 5.4, from the conformance suite itself. */
import { readFileSync, writeFileSync } from "node:fs";
import {
  type Agreement,
  AREAS,
  agreement,
  withAgreement,
} from "../test/runner/conformance/agreement.ts";

const PAGE = new URL("../docs/runner.md", import.meta.url);

const areas: Agreement[] = [];
for (const area of AREAS) areas.push(await agreement(area));
writeFileSync(PAGE, withAgreement(readFileSync(PAGE, "utf8"), areas));
