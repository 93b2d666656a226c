// Judges an AsyncAPI document by the AsyncAPI project's own parser: `node judge.js FILE`.
// Exit code 0 when it finds neither an error nor a warning.
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");

async function main(file) {
  const { document, diagnostics } = await new Parser().parse(readFileSync(file, "utf8"), { source: file });
  const found = diagnostics.filter((one) => one.severity <= 1);
  for (const one of found) console.error(`${file}:${one.range.start.line + 1} ${one.path.join(".")}: ${one.message}`);
  if (document) console.log(`${document.channels().length} channels, ${document.messages().length} messages`);
  return document && found.length === 0 ? 0 : 1;
}

main(process.argv[2]).then((code) => process.exit(code));
