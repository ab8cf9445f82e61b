// Starts the test server as a child process: builds it on the first call, waits until it answers, stops it on demand.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const target = join(folder, 'target');

/** Why the server cannot run on this machine, or `undefined` if it can: needs Java 17 or newer, and Maven. */
export function whatIsMissing() {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (java.error) return 'no java on the path (needs Java 17 or newer)';
  const version = Number(/version "(\d+)/.exec(java.stderr)?.[1]);
  if (!(version >= 17)) return `java is version ${version || 'unknown'} (needs 17 or newer)`;
  if (spawnSync('javac', ['-version']).error) return 'a Java runtime without its compiler (needs a JDK, 17 or newer)';
  const maven = spawnSync('mvn', ['-v'], { shell: process.platform === 'win32' });
  return maven.error || maven.status !== 0 ? 'no mvn on the path (needs Maven 3.6 or newer)' : undefined;
}

/** Compiles the server and downloads its jars (about 70 MB, once), unless that is done already for these sources. */
export function buildServer() {
  const hash = createHash('sha256');
  const sources = readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  for (const file of [join(folder, 'pom.xml'), ...sources]) hash.update(readFileSync(file));
  const wanted = hash.digest('hex');
  const stamp = join(target, 'built-from.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && jarsExist()) return;
  const goals = ['resources:resources', 'compiler:compile', 'dependency:build-classpath'];
  const done = spawnSync('mvn', ['-B', '-ntp', '-q', ...goals], {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) {
    throw new Error(
      `Maven could not build the test server: ${done.error?.message ?? ''}\n${done.stdout}${done.stderr}`,
    );
  }
  mkdirSync(target, { recursive: true });
  writeFileSync(stamp, wanted);
}

function jarsExist() {
  const list = join(target, 'classpath.txt');
  return (
    existsSync(list) &&
    readFileSync(list, 'utf8')
      .trim()
      .split(delimiter)
      .every((jar) => existsSync(jar))
  );
}

/**
 * Starts one server on 127.0.0.1 and resolves when it answers. It ends with `stop()`, with SIGTERM, and whenever this
 * process ends, however that happens: the server reads our end of a pipe.
 */
export async function startServer({ port = 0, data = '-', settings = [] } = {}) {
  buildServer();
  const memory = ['-Xms512m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const quiet = ['-Djava.awt.headless=true', '-Dlog4j2.disable.jmx=true', '-Dlog4j.shutdownHookEnabled=false'];
  const jars = readFileSync(join(target, 'classpath.txt'), 'utf8').trim();
  const classPath = ['-cp', [join(target, 'classes'), jars].join(delimiter)];
  const main = ['secondpass.server.Main', String(port), data, ...settings];
  const child = spawn('java', [...memory, ...quiet, ...classPath, ...main], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-8000)));
  child.stdin.on('error', () => {}); // The server may be gone before us.
  const url = await new Promise((resolve, reject) => {
    let heard = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The test server ended with code ${code}.\n${heard}${said}`)));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      heard = (heard + text).slice(-8000);
      const ready = /^READY (http:\S+) pid \d+$/m.exec(heard);
      if (ready) resolve(ready[1]);
    });
  });
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid,
    exited,
    async stop() {
      child.stdin.end();
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
