import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate that vouches for itself, and its key; both PEM. */
export interface SelfSigned {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a certificate with openssl. @param names as in subjectAltName: `IP:127.0.0.1,DNS:localhost` */
export function selfSigned(names: string): SelfSigned {
  const folder = mkdtempSync(join(tmpdir(), "llmspell-tls-"));
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-subj", "/CN=llmspell-test", "-addext", `subjectAltName=${names}`, "-days", "2"],
      ...["-keyout", key, "-out", certificate],
    ],
    { stdio: "pipe" },
  );
  const made = { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
  rmSync(folder, { recursive: true });
  return made;
}
