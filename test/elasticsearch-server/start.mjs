// `npm run elasticsearch [-- port [data-folder]]`: the test server in the foreground. Ends on Ctrl-C, on SIGTERM and
// when the process that started it is gone.
import { startServer, whatIsMissing } from './server.mjs';

const [port = '9200', data = '-', ...settings] = process.argv.slice(2);
const missing = whatIsMissing();
if (missing || !/^\d+$/.test(port) || Number(port) > 65535) {
  console.error(missing ? `The test server cannot run here: ${missing}.` : `"${port}" is not a port (0 to 65535).`);
  process.exit(1);
}
const parent = process.ppid;
const server = await startServer({ port: Number(port), data, settings });
console.log(`Elasticsearch answers at ${server.url} (pid ${server.pid}); Ctrl-C ends it.`);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void server.stop());
const watch = setInterval(() => {
  if (process.ppid !== parent || !isRunning(parent)) void server.stop();
}, 1000);
process.exitCode = (await server.exited) === 0 ? 0 : 1;
clearInterval(watch);

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
