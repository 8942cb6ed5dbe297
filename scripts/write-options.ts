import { readFileSync, writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { supervisorOptions } from "../src/options/supervisor-schema.ts";

/** Writes the generated parts of config.yaml and translations/en.yaml. Run by `npm run options`. */
const root = new URL("../", import.meta.url);
const { options, schema, texts } = supervisorOptions();
const configFile = new URL("config.yaml", root);
const kept = readFileSync(configFile, "utf8").split(/^# From here on.*$/m)[0] ?? "";
writeFileSync(
  configFile,
  `${kept}# From here on: made from src/options/options.ts by \`npm run options\`.\n${stringify({ options, schema }, { lineWidth: 0 })}`,
);
writeFileSync(new URL("translations/en.yaml", root), stringify({ configuration: texts }, { lineWidth: 0 }));
