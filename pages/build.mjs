// Bundles every folder of src/ that has a main.ts or main.tsx into OUTDIR/<folder>.js (and .css), and
// writes the licences of what the bundles contain to LICENCES.
// Usage: node build.mjs [OUTDIR LICENCES]; default: dist THIRD_PARTY_LICENSES, beside this file.
import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "dist"));
const packages = new Set(); // folders below node_modules that a bundle contains

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "ascii",
  legalComments: "inline",
  metafile: true,
  write: false,
  logLevel: "warning",
  jsx: "automatic",
  jsxImportSource: "preact",
};

function remember(metafile) {
  for (const input of Object.keys(metafile.inputs)) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) packages.add(match[1]);
  }
}

// `import source from "./file.ts?text"`: the bundle of that file as a string, for a worker that starts
// from a blob: the page is one file and may load no other.
const bundleAsText = {
  name: "bundle-as-text",
  setup(setup) {
    setup.onResolve({ filter: /\?text$/ }, (found) => ({
      path: resolve(found.resolveDir, found.path.replace(/\?text$/, "")),
      namespace: "bundle-as-text",
    }));
    setup.onLoad({ filter: /.*/, namespace: "bundle-as-text" }, async (found) => {
      const result = await build({ ...common, entryPoints: [found.path] });
      remember(result.metafile);
      return { contents: result.outputFiles[0].text, loader: "text" };
    });
  },
};

function facts(name) {
  const folder = join(here, "node_modules", name);
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { name, version: about.version, license: about.license,
           text: readFileSync(join(folder, "LICENSE"), "utf8").trim() };
}

// Each bundle begins with the notices that the licences ask for: a page leaves the repository without
// THIRD_PARTY_LICENSES.
function banner(contained) {
  const lines = contained.map((each) => {
    const owner = /^copyright.*$/im.exec(each.text)?.[0] ?? "";
    return ` * ${each.name} ${each.version} (${each.license}): ${owner}`;
  });
  const mit = contained.find((each) => each.license === "MIT");
  const terms = mit ? mit.text.slice(mit.text.indexOf("Permission is hereby")) : "";
  const wrapped = terms.split("\n").map((line) => ` * ${line.trim()}`.trimEnd());
  return ["/*! Capsize, Apache-2.0. Contains:", ...lines, " *", ...wrapped, " */"].join("\n");
}

function refuse_end_of_script(name, text) {
  if (/<\/script|<!--/i.test(text)) {
    throw new Error(`${name}: found </script or <!--, which would end the script inside of a page`);
  }
}

async function bundle(folder, entry) {
  packages.clear();
  const result = await build({
    ...common,
    entryPoints: { [folder]: entry },
    outdir: out,
    plugins: [bundleAsText],
  });
  remember(result.metafile);
  const contained = [...packages].sort().map(facts);
  for (const file of result.outputFiles) {
    const script = file.path.endsWith(".js");
    const text = script ? `${banner(contained)}\n${file.text}` : file.text;
    refuse_end_of_script(file.path, text);
    writeFileSync(file.path, text);
  }
  return contained;
}

mkdirSync(out, { recursive: true });
const all = new Map();
for (const folder of readdirSync(join(here, "src")).sort()) {
  const entry = ["main.ts", "main.tsx"].map((name) => join(here, "src", folder, name)).find(existsSync);
  if (!entry) continue;
  for (const each of await bundle(folder, entry)) all.set(each.name, each);
}
if (all.size === 0) throw new Error("src: found no folder with a main.ts or main.tsx, expected one");
const parts = [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((each) =>
  `${"=".repeat(80)}\n${each.name} ${each.version} (${each.license})\n${"=".repeat(80)}\n${each.text}\n`);
const intro = "Licences of what the bundles in dist/ contain. Written by build.mjs.\n";
writeFileSync(resolve(process.argv[3] ?? join(here, "THIRD_PARTY_LICENSES")), `${intro}\n${parts.join("\n")}`);
