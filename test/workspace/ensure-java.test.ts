// CI makes sure of Java and Maven by test/elasticsearch-server/ensure-java.sh. Package managers cannot be had here without
// changing the machine, so they are stand-ins on a PATH of their own: what is tested is which is called, with what, and
// what is said when it fails.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../elasticsearch-server/ensure-java.sh', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'secondpass-java-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sh = ['/bin/sh', '/usr/bin/sh'].find((path) => existsSync(path));

let machines = 0;
/** Runs the script on a machine that has nothing but `tools`: name to shell code, `$bin` being where commands are. */
function run(tools: Readonly<Record<string, string>>): { status: number | null; calls: string[]; said: string } {
  const bin = join(folder, `machine-${++machines}`);
  const log = join(bin, 'calls.log');
  mkdirSync(bin);
  const real = ['/usr/bin/sed', '/bin/sed'].find((path) => existsSync(path))!;
  symlinkSync(real, join(bin, 'sed'));
  writeFileSync(log, '');
  for (const [name, code] of Object.entries({ id: 'echo 0', ...tools })) {
    const recorded = name === 'id' ? '' : `echo "${name} $*" >> ${log}\n`;
    writeFileSync(join(bin, name), `#!${sh}\nbin=${bin}\n${recorded}${code}\n`, { mode: 0o755 });
  }
  const { status, stdout, stderr } = spawnSync(sh!, [script], { env: { PATH: bin }, encoding: 'utf8' });
  const calls = readFileSync(log, 'utf8').split('\n');
  return { status, calls: calls.filter((line) => line && !/^(javac|mvn) /.test(line)), said: `${stdout}${stderr}` };
}

const javac = (version: number): string => `echo "javac ${version}.0.1"`;
/** What an installer does: afterwards `javac` of this version and `mvn` are there. Only builtins: the machine has no more. */
const installs = (version: number): string =>
  `printf '#!${sh}\\necho "javac ${version}.0.1"\\n' > $bin/javac.new\nprintf '#!${sh}\\n' > $bin/mvn.new\n` +
  `/bin/chmod 755 $bin/javac.new $bin/mvn.new\n/bin/mv $bin/javac.new $bin/javac\n/bin/mv $bin/mvn.new $bin/mvn`;
const nothing =
  /^The Elasticsearch tests need Java 17 or newer \(a JDK\) and Maven: neither found nor installed \((.*)\)\.\n$/;

describe.skipIf(sh === undefined)('making sure of Java and Maven (needs a POSIX shell)', () => {
  it.each([17, 21])('installs nothing where Java %i and Maven are there', (version) => {
    const all = { javac: javac(version), mvn: '', 'apt-get': 'exit 1' };
    expect(run(all)).toEqual({ status: 0, calls: [], said: '' });
  });

  it.each([
    ['apt-get', ['apt-get update -qq', 'apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless maven']],
    ['dnf', ['dnf install -y -q java-17-openjdk-devel maven']],
    ['apk', ['apk add -q openjdk17-jdk maven']],
  ])('installs with %s, quietly', (manager, calls) => {
    expect(run({ [manager]: `echo noise\n${installs(17)}` })).toEqual({ status: 0, calls, said: '' });
  });

  it.each(['javac', 'mvn', 'old javac'])('installs where one of both is missing or too old: %s', (lacking) => {
    const there: Record<string, string> = { javac: javac(lacking === 'old javac' ? 11 : 17), mvn: '' };
    delete there[lacking];
    expect(run({ ...there, apk: installs(17) })).toMatchObject({
      status: 0,
      calls: ['apk add -q openjdk17-jdk maven'],
    });
  });

  it.each([
    ['apt-get', 'default-jdk-headless'],
    ['dnf', 'java-latest-openjdk-devel'],
  ])('takes the newer Java of a system whose %s has no 17', (manager, newer) => {
    const code = `case "$*" in *${newer}*) ;; update*) exit 0 ;; *) exit 100 ;; esac\n${installs(21)}`;
    const { status, calls, said } = run({ [manager]: code });
    expect([status, said]).toEqual([0, '']);
    expect(calls.at(-1)).toContain(newer);
  });

  it('asks sudo, without a prompt, where it is not root', () => {
    const { calls, status } = run({ id: 'echo 1000', sudo: 'shift\n"$@"', apk: installs(17) });
    expect([calls, status]).toEqual([['sudo -n apk add -q openjdk17-jdk maven', 'apk add -q openjdk17-jdk maven'], 0]);
  });

  it.each([
    ['there is no package manager', {}, 'there is no apt-get, dnf or apk'],
    [
      'the package manager fails',
      { 'apt-get': 'echo "first"\necho "E: Unable to fetch" >&2\nexit 100' },
      'E: Unable to fetch',
    ],
    ['what it installs is too old', { apk: installs(11) }, 'too old'],
    ['it is not root and has no sudo', { id: 'echo 1000', apk: installs(17) }, expect.stringContaining('sudo')],
  ])('fails with one line where %s', (_what, tools, reason) => {
    const { status, said } = run(tools);
    expect([status, nothing.exec(said)?.[1]]).toEqual([1, reason]);
  });
});
