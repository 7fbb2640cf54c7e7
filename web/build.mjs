// Builds src/ into assistant/web/static: hashed files, their gzip and Brotli copies, manifest.json. Fails above a size budget.
import { build } from "esbuild";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../assistant/web/static");
// Gzipped bytes of script. What a visitor of somebody's site must load before the chat opens is the first.
const budgets = JSON.parse(readFileSync(join(here, "budgets.json"), "utf8"));

mkdirSync(out, { recursive: true });
// Rendered audio stays: it belongs to the cards, not to the pages.
for (const name of readdirSync(out)) if (name !== "audio") rmSync(join(out, name), { recursive: true });

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  outdir: out,
  metafile: true,
  legalComments: "external",
  target: ["chrome100", "firefox100", "safari15.4"],
  logLevel: "warning",
};
const [pages, loader] = await Promise.all([
  build({
    ...shared,
    entryPoints: ["widget", "kiosk"].flatMap((page) => [`src/${page}.ts`, `src/pages/${page}.css`]).concat("src/pages/demo.css"),
    entryNames: "[name].[hash]",
    assetNames: "[name].[hash]",
    publicPath: "/assets",
    format: "esm",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".woff2": "file" },
  }),
  // One name for ever: sites paste its address. It is revalidated instead.
  build({ ...shared, entryPoints: ["src/embed.ts"], format: "iife" }),
]);

const manifest = {};
for (const [path, output] of Object.entries({ ...pages.metafile.outputs, ...loader.metafile.outputs })) {
  const file = basename(path);
  if (file.endsWith(".LEGAL.txt")) continue;
  const source = output.entryPoint ?? Object.keys(output.inputs)[0];
  manifest[output.entryPoint ? basename(source).replace(/\.ts$/, ".js") : basename(source)] = file;
  if (file.endsWith(".woff2")) continue; // compressed already
  const bytes = readFileSync(join(out, file));
  writeFileSync(join(out, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  writeFileSync(join(out, `${file}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
cpSync(join(here, "node_modules/@fontsource/atkinson-hyperlegible-next/LICENSE"), join(out, "font.LICENSE.txt"));

let tooBig = false;
for (const [name, budget] of Object.entries(budgets)) {
  const size = readFileSync(join(out, `${manifest[name]}.gz`)).length;
  tooBig ||= size > budget;
  console.log(`${name.padEnd(10)} ${String(size).padStart(6)} of ${budget} bytes gzipped${size > budget ? "  TOO BIG" : ""}`);
}
if (tooBig) {
  console.error("A file is above its budget in web/budgets.json: find what grew (npx esbuild --analyze) and make it smaller.");
  process.exit(1);
}
// Last: whoever finds it finds a whole build.
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, Object.keys(manifest).sort(), 2)}\n`);
