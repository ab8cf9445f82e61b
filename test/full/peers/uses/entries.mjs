// What every entry named on the command line exports, loaded by `import` or by `require` as the first argument says.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const [way, ...entries] = process.argv.slice(2);
const names = {};
for (const entry of entries) {
  const found = way === 'import' ? await import(entry) : require(entry);
  const plain = Object.keys(found).filter((name) => name !== 'default' && name !== 'module.exports');
  names[entry] = plain.sort();
}
console.log(JSON.stringify(names));
